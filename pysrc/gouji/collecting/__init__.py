"""From sources to the ledger: archive, grade and attribute every file that comes in."""

from gouji.collecting.difference import Change, Difference
from gouji.collecting.intake import Collected, collect, rebuild
from gouji.collecting.judging import Grade
from gouji.collecting.sources import Inbox, Skipped, Source
from gouji.collecting.standings import FileState, State, standing

__all__ = [
    "Change", "Collected", "Difference", "FileState", "Grade", "Inbox", "Skipped", "Source",
    "State", "collect", "rebuild", "standing",
]  # fmt: skip
