"""The one exception that a person's call raises; apart from ``actions``, which loads much more."""

from __future__ import annotations


class UnusableCall(ValueError):
    """The call cannot be carried out as given; one Chinese line says why and what to do."""
