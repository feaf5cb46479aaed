"""Suspects as ``gouji check`` tells them: on screen, in JSON, without cells that are confirmed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import builders
from gouji.editions import load
from gouji.messages import suspected
from gouji.model import Finding, Severity, Status, Suspect

FORM = load("2021")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def slipped(tmp_path: Path) -> Path:
    """A report in which 45 was typed as 54; its totals are right, so they were typed."""
    right = builders.close(FORM, {"requests.received.person": 45, "requests.received.other": 3})
    values = right | {"requests.received.person": 54}
    path = tmp_path / "甲局.json"
    data = {"unit": "甲局", "year": 2024, "edition": FORM.id, "values": values}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize("cell", ["requests.received.person", "三、申请!D6", "三、申请！d6"])
def test_a_cell_that_is_confirmed_is_no_suspect(run: Run, slipped: Path, cell: str) -> None:
    status, out, _ = run("check", slipped, "--json")
    finding = next(f for f in json.loads(out)[0]["findings"] if f["rule"] == "E1.person")
    assert status == 1
    assert finding["suspects"][0]["change"] == {"requests.received.person": 45}
    text = run("check", slipped)[1]
    assert "可能：三、申请!D6" in text and "现填 54，应为 45（像是相邻两位数字颠倒）" in text
    status, out, _ = run("check", slipped, "--fixed", cell, "--json")
    assert status == 1
    suspects = [s for finding in json.loads(out)[0]["findings"] for s in finding["suspects"]]
    assert suspects and not any("requests.received.person" in s["change"] for s in suspects)


def test_cells_that_cannot_be_confirmed_are_said(run: Run, slipped: Path) -> None:
    status, _, err = run("check", slipped, "--fixed", "D6")
    assert status == 2 and "没有“D6”这一格" in err and "二、主动公开!B5" in err
    status, _, err = run("check", slipped, slipped, slipped.parent / "乙局.json", "--fixed", "D6")
    assert status == 2 and "只能在校验一个文件时使用" in err


def test_when_no_cell_can_be_named_that_is_said(run: Run, slipped: Path) -> None:
    cells = [code for code in FORM.items if code.startswith("requests.")]
    held = [part for code in cells for part in ("--fixed", code)]
    status, out, _ = run("check", slipped, *held, "--json")
    [result] = json.loads(out)
    assert status == 1 and not any(finding["suspects"] for finding in result["findings"])
    assert "请再核对已确认的单元格" in result["diagnosis"]["notes"][0]
    assert "[说明] 已确认的单元格不能改动时" in run("check", slipped, *held)[1]


def finding(*shares: float, more: int = 0) -> Finding:
    suspects = tuple(Suspect({}, f"第{n}种。", share) for n, share in enumerate(shares, 1))
    return Finding("E1", Severity.HARD, Status.FAILED, "", suspects=suspects, more=more)


@pytest.mark.parametrize(
    ("shares", "more", "told", "others"),
    [
        ((1.0,), 0, 1, 0),
        ((0.4, 0.3, 0.3), 0, 3, 0),  # a few are all told, however likely
        ((0.9, 0.05, 0.03, 0.02), 0, 1, 3),
        ((0.5, 0.4, 0.05, 0.05), 0, 2, 2),
        ((0.3, 0.3, 0.2, 0.2), 5, 3, 6),
        ((0.2, 0.2, 0.2, 0.2, 0.2), 0, 0, 0),  # any of them could be the one
        ((), 0, 0, 0),
    ],
)
def test_of_many_suspects_only_those_that_stand_out_are_told(
    shares: tuple[float, ...], more: int, told: int, others: int
) -> None:
    lines = suspected(finding(*shares, more=more))
    assert [line for line in lines if line.startswith("可能：")] == [
        f"可能：第{n}种。" for n in range(1, told + 1)
    ]
    rest = [f"另有 {others} 种改法也能使勾稽关系平衡，可能性较小。"] if others else []
    assert [line for line in lines if not line.startswith("可能：")] == rest
