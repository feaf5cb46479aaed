"""What a wrong number looks like beside the right one: one small pure function for each slip.

Each takes what stands in the cell and what would be right, both whole numbers, and says how likely
a hand that meant the second and made this slip would have written the first (1 = it could write
nothing else), or None when the slip does not explain the numbers. ``SLIPS`` is the list; add to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Slip = Callable[[int, int], float | None]


def transposed(old: int, new: int) -> float | None:
    """Two neighbouring digits changed places: 54 for 45."""
    wrong, right = _same_length(old, new)
    apart = [at for at, (a, b) in enumerate(zip(wrong, right, strict=True)) if a != b]
    if len(apart) != 2 or apart[1] != apart[0] + 1:
        return None
    first, second = apart
    if wrong[first] != right[second] or wrong[second] != right[first]:
        return None
    return 1 / (len(right) - 1)


def doubled(old: int, new: int) -> float | None:
    """A digit was written twice: 455 for 45."""
    wrong, right = str(old), str(new)
    if old <= 0 or new <= 0 or len(wrong) != len(right) + 1:
        return None
    for at, digit in enumerate(right):
        if wrong == right[:at] + digit + right[at:]:
            return 1 / len(right)
    return None


def appended(old: int, new: int) -> float | None:
    """A digit too many at the end: 452 for 45."""
    return 0.1 if new > 0 and old > 0 and old // 10 == new else None


def inserted(old: int, new: int) -> float | None:
    """A digit too many anywhere: 425 for 45."""
    if old <= 0 or new <= 0:
        return None
    return 0.1 / (len(str(new)) + 1) if _without_one(str(old), str(new)) else None


def dropped(old: int, new: int) -> float | None:
    """A digit was left out: 4 for 45."""
    if old <= 0 or new <= 0:
        return None
    return 1 / len(str(new)) if _without_one(str(new), str(old)) else None


def mistyped(old: int, new: int) -> float | None:
    """One digit is another: 48 for 45."""
    wrong, right = str(old), str(new)
    if old <= 0 or new <= 0 or len(wrong) != len(right):
        return None
    differ = sum(a != b for a, b in zip(wrong, right, strict=True))
    return 1 / (9 * len(right)) if differ == 1 else None


def sign(old: int, new: int) -> float | None:
    """A minus too many or missing: -45 for 45."""
    return 1.0 if old == -new and old else None


def omitted(old: int, new: int) -> float | None:
    """Nothing where something belongs: 0 or blank for 45."""
    return 1.0 if old == 0 and new != 0 else None


def surplus(old: int, new: int) -> float | None:
    """Something where nothing belongs: 45 for 0."""
    return 1.0 / (1 + abs(old)) if new == 0 and old != 0 else None


def myriad(old: int, new: int) -> float | None:
    """The unit was taken for 10⁴ of it or for a 10⁴th: 450000 for 45."""
    return 1.0 if old and new and (old == new * 10_000 or new == old * 10_000) else None


def powers(old: int, new: int) -> float | None:
    """Two or three zeros too many or missing: 4500 for 45."""
    if not old or not new:
        return None
    large, small = (old, new) if abs(old) > abs(new) else (new, old)
    return 0.5 if large in (small * 100, small * 1000) else None


def doubled_value(old: int, new: int) -> float | None:
    """Everything was added twice: 90 for 45."""
    return 1.0 if old == 2 * new and new else None


def otherwise(old: int, new: int) -> float | None:
    """Any other wrong number for a number; what is not one is ``omitted`` or ``surplus``."""
    if (old == 0) != (new == 0):
        return None
    return 1 / (4 + max(abs(old), abs(new)))


@dataclass(frozen=True, slots=True)
class Kind:
    """A slip by name, and how often it is made among all slips of a cell."""

    name: str
    share: float
    slip: Slip


#: Shares are rough: what was seen in published reports and what typing experiments report.
SLIPS = (
    Kind("transposed", 0.14, transposed),
    Kind("doubled", 0.05, doubled),
    Kind("appended", 0.12, appended),
    Kind("inserted", 0.04, inserted),
    Kind("dropped", 0.14, dropped),
    Kind("mistyped", 0.08, mistyped),
    Kind("sign", 0.05, sign),
    Kind("omitted", 0.24, omitted),
    Kind("surplus", 0.02, surplus),
    Kind("myriad", 0.03, myriad),
    Kind("powers", 0.02, powers),
    Kind("otherwise", 0.05, otherwise),
)


#: The only slips with a 0 on either side.
WITH_NOTHING = tuple(kind for kind in SLIPS if kind.slip in (omitted, surplus, otherwise))


def _same_length(old: int, new: int) -> tuple[str, str]:
    """Both numbers' digits; a leading 0 is not seen in a cell, so 40 written 04 stands as 4."""
    if old <= 0 or new <= 0 or old > 10 * new:
        return "", ""
    right = str(new)
    wrong = str(old).rjust(len(right), "0")
    return (wrong, right) if len(wrong) == len(right) else ("", "")


def _without_one(long: str, short: str) -> bool:
    """Whether ``short`` is ``long`` with one digit taken out."""
    if len(long) != len(short) + 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(long, short, strict=False)) if a != b), len(short))
    return long[at + 1 :] == short[at:]
