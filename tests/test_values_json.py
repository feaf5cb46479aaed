"""Values JSON: exact in both directions, refused by the key that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filled_forms import (
    FORM,
    each_form,
)
from gouji.gate import Content, Reason, Refused
from gouji.model import Form, Submission
from gouji.reading import read_file
from gouji.values_json import dump, parse_values, read_values, to_text

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@each_form
@SLOW
@given(data=st.data())
def test_values_json_is_exact_both_ways(form: Form, data: st.DataObject) -> None:
    amounts = st.decimals(-(10**12), 10**12, places=6).map(
        lambda d: int(d) if d == d.to_integral_value() else d
    )
    value = st.one_of(st.none(), st.integers(-(10**15), 10**15), amounts, st.text(min_size=1))
    given_ = Submission(
        unit=data.draw(st.text()).strip(),
        year=data.draw(st.one_of(st.none(), st.integers(1990, 2100))),
        edition=form.id,
        values={code: data.draw(value) for code in list(form.items)[::9]},
        level=data.draw(st.sampled_from(["", "town", "city"])),
        narrative={s.key: "文字\n“引号”" for s in form.sections if not s.table},
    )
    text = to_text(dump(given_))
    read = parse_values(Content("v.json", text.encode("utf-8", "surrogatepass"), ""))
    assert read.values == dict.fromkeys(form.items) | dict(given_.values)
    assert (read.unit, read.year, read.level) == (given_.unit, given_.year, given_.level)
    assert read.narrative == given_.narrative


def as_json(tmp_path: Path, **change: object) -> Path:
    body: dict[str, object] = {"unit": "某局", "year": 2021, "edition": "2021", "values": {}}
    path = tmp_path / "v.json"
    path.write_text(json.dumps(body | change, ensure_ascii=False))
    return path


def test_whole_floats_become_integers(tmp_path: Path) -> None:
    code = next(iter(FORM.items))
    read = read_values(as_json(tmp_path, values={code: 3.0}))
    assert (read.values[code], type(read.values[code])) == (3, int)
    assert read_values(as_json(tmp_path, year=None)).year is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"values": {"没有.这个": 1}}, "没有.这个"),
        ({"values": [1]}, "values"),
        ({"values": {next(iter(FORM.items)): True}}, next(iter(FORM.items))),
        ({"values": {next(iter(FORM.items)): [1]}}, next(iter(FORM.items))),
        ({"year": "2021"}, "year"),
        ({"year": 21}, "year"),
        ({"year": True}, "year"),
        ({"unit": 3}, "unit"),
        ({"level": "village"}, "level"),
        ({"narrative": {"9": "x"}}, "narrative.9"),
        ({"narrative": {"1": 5}}, "narrative.1"),
    ],
)
def test_wrong_values_are_refused_by_key(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    with pytest.raises(Refused) as caught:
        read_file(as_json(tmp_path, **change))
    assert caught.value.reason is Reason.BAD_VALUES
    assert named in caught.value.message
    assert "\n" not in caught.value.message


def test_unknown_edition_in_json(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read_file(as_json(tmp_path, edition="../2021"))
    assert caught.value.reason is Reason.UNKNOWN_EDITION


@pytest.mark.parametrize(
    "text",
    ['{"unit": ', "{]", '{"unit": "a", "unit": "b"}', '{"year": NaN}', '{"year": 1e999999}',
     '{"year": 1e-999999}', '{"values": ' + "[" * 100_000, '{"a": "\xff"}'.encode("latin-1")],
)  # fmt: skip
def test_broken_json(tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / "v.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused) as caught:
        read_file(path)
    assert caught.value.reason is Reason.BAD_VALUES
