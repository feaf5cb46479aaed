"""A form of ours for a unit that sent something else, filled with the values that were read."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gouji import editions
from gouji.model import Submission
from gouji.template import write_template


def fresh_form(submission: Submission) -> bytes:
    """The template of the submission's edition with its values, totals typed where they differ.

    Nothing is taken over from the file but values and texts. Raises ValueError for a value no
    cell can hold.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_template(editions.load(submission.edition), path, submission=submission)
        return path.read_bytes()
