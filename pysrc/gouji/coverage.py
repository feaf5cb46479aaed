"""Which cells of a form the rules watch, and which none does."""

from __future__ import annotations

from gouji.model import Form


def uncovered(form: Form) -> tuple[str, ...]:
    """Item codes that stand in no balance edit: a slip there breaks no sum (only E9, E10 apply)."""
    covered = {code for rule in form.rules for code in rule.codes}
    return tuple(code for code in form.items if code not in covered)
