"""The balance edits of a form as one sparse integer system over many submissions.

``residuals`` multiplies every rule with every submission at once: exact 64-bit integers, no
floating point. Whatever does not fit (decimals, text, huge numbers) is flagged and left to the
exact plain evaluation of ``gouji.formula``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gouji.model import Form, Number

#: Larger counts leave the fast path; every sum of a form's cells then stays far below 2**63.
LIMIT = 10**15


@dataclass(frozen=True)
class System:
    """Rules as rows in compressed form: coefficients and columns of each, one after the other.

    Columns are this year's items, then last year's, in the order of ``form.items``.
    """

    codes: tuple[str, ...]
    coefficients: npt.NDArray[np.int64]
    columns: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]

    def residuals(
        self, now: Sequence[Mapping[str, Number]], before: Sequence[Mapping[str, Number]]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Left minus right, shape (rules, submissions), and where that number may be trusted."""
        if not len(self.starts) or not now:
            shape = (len(self.starts), len(now))
            return np.zeros(shape, np.int64), np.zeros(shape, bool)
        halves = [self._matrix(side) for side in (now, before)]
        values = np.concatenate([values for values, _ in halves], axis=1).T
        absent = np.concatenate([absent for _, absent in halves], axis=1).T
        products = values[self.columns] * self.coefficients[:, None]
        sums = np.add.reduceat(products, self.starts, axis=0)
        exact = ~np.logical_or.reduceat(absent[self.columns], self.starts, axis=0)
        return sums, exact

    def _matrix(
        self, rows: Sequence[Mapping[str, Number]]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        values = np.zeros((len(rows), len(self.codes)), np.int64)
        absent = np.zeros((len(rows), len(self.codes)), bool)
        for index, row in enumerate(rows):
            try:
                # Plain whole numbers throughout: the usual case, in one go.
                line = [row[code] for code in self.codes]
                if all(type(value) is int and -LIMIT < value < LIMIT for value in line):
                    values[index] = line
                    continue
            except KeyError:
                pass
            for column, code in enumerate(self.codes):
                value = row.get(code)
                if type(value) is int and -LIMIT < value < LIMIT:
                    values[index, column] = value
                else:
                    absent[index, column] = True
        return values, absent


_systems: dict[int, tuple[Form, System]] = {}


def system_of(form: Form) -> System:
    """The form's rules as a system; built once for each form object."""
    if id(form) not in _systems:
        _systems[id(form)] = (form, _build(form))
    return _systems[id(form)][1]


def _build(form: Form) -> System:
    codes = tuple(form.items)
    index = {code: position for position, code in enumerate(codes)}
    coefficients: list[int] = []
    columns: list[int] = []
    starts: list[int] = []
    for rule in form.rules:
        starts.append(len(columns))
        for sign, side in ((1, rule.left), (-1, rule.right)):
            for term in side:
                coefficients.append(sign * term.coefficient)
                columns.append(index[term.code] + (len(codes) if term.last_year else 0))
    return System(
        codes,
        np.array(coefficients, np.int64),
        np.array(columns, np.intp),
        np.array(starts, np.intp),
    )
