"""Values JSON: a submission as plain data, exact in both directions.

``{"unit", "year", "edition", "level"?, "narrative"?, "values": {code: number | text | null}}``.
Other top-level keys are passed over; an unknown item code is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from gouji import editions
from gouji.gate import Content, Reason, Refused, refusal, take
from gouji.model import LEVELS, Form, Submission, Value
from gouji.wording import say

#: Powers of ten beyond which a number is no count and no amount.
LARGEST, SMALLEST = 30, -30


def read_values(path: Path) -> Submission:
    """The submission in a JSON file. Raises Refused, naming the key that is wrong."""
    return parse_values(take(path), str(path))


def looks_like_json(data: bytes) -> bool:
    """True when the bytes begin like a JSON object."""
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") and not (
        data.startswith(b"{\\rtf")
    )


def parse_values(content: Content, file: str = "") -> Submission:
    """The submission in a file's bytes. Raises Refused."""
    return parse_body(load_object(content.data), file, content.sha256)


def parse_body(body: Mapping[str, Any], file: str = "", sha256: str = "") -> Submission:
    """The submission in an object of values JSON. Raises Refused."""
    form = _form(body)
    return Submission(
        unit=_text(body, "unit").strip(),
        year=_year(body),
        edition=form.id,
        values=_values(body, form),
        level=_level(body),
        code=_text(body, "code", "").strip(),
        narrative=_narrative(body, form),
        file=file,
        sha256=sha256,
    )


def dump(submission: Submission) -> dict[str, Any]:
    """The JSON object of a submission; numbers stay int and Decimal."""
    data: dict[str, Any] = {
        "unit": submission.unit,
        "year": submission.year,
        "edition": submission.edition,
    }
    for key in ("level", "code"):
        if text := getattr(submission, key):
            data[key] = text
    if submission.narrative:
        data["narrative"] = dict(submission.narrative)
    return data | {"values": dict(submission.values)}


def to_text(data: object, indent: int = 1) -> str:
    """JSON text with every Decimal written as the exact number it is."""
    return _written(data, "\n", " " * indent)


def _written(data: object, line: str, step: str) -> str:
    inner = line + step
    if isinstance(data, Mapping) and data:
        pairs = (
            f"{json.dumps(str(key), ensure_ascii=False)}: {_written(value, inner, step)}"
            for key, value in data.items()
        )
        return "{" + inner + f",{inner}".join(pairs) + line + "}"
    if isinstance(data, list | tuple) and data:
        return "[" + inner + f",{inner}".join(_written(v, inner, step) for v in data) + line + "]"
    if isinstance(data, Decimal):
        if not data.is_finite():
            raise ValueError(f"{data} is no JSON number")
        return str(data)
    return json.dumps(data, ensure_ascii=False)


# ---------------------------------------------------------------------- reading
class _Twice(ValueError):
    """A key that stands twice in one object."""


class _TooLong(ValueError):
    """A number that is no number of a form."""


def load_object(data: bytes) -> Mapping[str, Any]:
    """The JSON object in the bytes, every number exact. Raises Refused."""
    try:
        body = json.loads(
            data.decode("utf-8-sig"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_number,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError as error:
        raise refusal(Reason.BAD_VALUES, "encoding") from error
    except _Twice as error:
        raise _wrong(str(error), "twice") from error
    except _TooLong as error:
        raise _wrong(str(error), "huge") from error
    except json.JSONDecodeError as error:
        raise refusal(Reason.BAD_VALUES, "json", line=error.lineno, detail=error.msg) from error
    except RecursionError as error:
        raise refusal(Reason.BAD_VALUES, "json", line=1, detail="nested too deeply") from error
    if not isinstance(body, dict):
        raise refusal(Reason.BAD_VALUES, "json", line=1, detail="not an object")
    return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return body


def _number(text: str) -> int | Decimal:
    """``3.0`` and ``3`` are the whole number 3; nothing is rounded."""
    shown = text[:20]
    if len(text) > 80 or text in ("NaN", "Infinity", "-Infinity"):
        raise _TooLong(shown)
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if number and (number.adjusted() > LARGEST or not isinstance(exponent, int)):
        raise _TooLong(shown)
    if number == number.to_integral_value():
        return int(number)
    if isinstance(exponent, int) and exponent < SMALLEST:
        raise _TooLong(shown)
    return number


def _wrong(key: str, what: str) -> Refused:
    return refusal(Reason.BAD_VALUES, "key", name=key, wrong=say(f"refused.wrong.{what}"))


def _text(body: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = body.get(key)
    if value is None:
        if default is None and key not in body:
            raise _wrong(key, "missing")
        return default or ""
    if not isinstance(value, str):
        raise _wrong(key, "text")
    return value


def _form(body: Mapping[str, Any]) -> Form:
    edition = _text(body, "edition")
    known = editions.available()
    if edition not in known:
        raise refusal(Reason.UNKNOWN_EDITION, edition=edition[:40], known="、".join(known))
    return editions.load(edition)


def _year(body: Mapping[str, Any]) -> int | None:
    if "year" not in body:
        raise _wrong("year", "missing")
    year = body["year"]
    if year is None:
        return None
    if isinstance(year, bool) or not isinstance(year, int) or not 1000 <= year <= 9999:
        raise _wrong("year", "year")
    return year


def _level(body: Mapping[str, Any]) -> str:
    level = _text(body, "level", "")
    if level and level not in LEVELS:
        raise _wrong("level", "level")
    return level


def _mapping(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body[key]
    if not isinstance(value, dict):
        raise _wrong(key, "mapping")
    return value


def _narrative(body: Mapping[str, Any], form: Form) -> dict[str, str]:
    if body.get("narrative") is None:
        return {}
    known = {section.key for section in form.sections if not section.table}
    texts = {}
    for key, text in _mapping(body, "narrative").items():
        if key not in known:
            raise _wrong(f"narrative.{key}", "section")
        if not isinstance(text, str | None):
            raise _wrong(f"narrative.{key}", "text")
        if text:
            texts[key] = text
    return texts


def _values(body: Mapping[str, Any], form: Form) -> dict[str, Value]:
    if "values" not in body:
        raise _wrong("values", "missing")
    values: dict[str, Value] = dict.fromkeys(form.items)
    for code, value in _mapping(body, "values").items():
        if code not in values:
            raise refusal(Reason.BAD_VALUES, "item", name=code[:80], edition=form.id)
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str | None):
            raise _wrong(code, "value")
        values[code] = None if value == "" else value
    return values
