"""Killed at any moment, and two at once: nothing is lost, nothing is entered twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

import intakes
from gouji.collecting import FileState, collect, standing
from gouji.ledger.archive import Archive
from gouji.ledger.events import Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.lock import NAME
from gouji.ledger.records import ledger_file, opened
from gouji.round import SIDE, Round, RoundError
from intakes import NOW, Box, at, begun, form, message, packed
from kills import run_and_kill
from rounds import QUERIED, SILENT, SOUND

posix = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills the POSIX way")


@cache
def mailbox() -> Box:
    """Twelve messages: versions, duplicates, archives, a message without a file."""
    box = Box()
    for n in range(5):
        box.put(message((f"{n}.xlsx", form(SOUND, n)), sent=at(600 - n * 60)))
        box.put(message(("z.zip", packed(("a.xlsx", form(QUERIED, n)), ("b.txt", b"x" * n))),
                        sent=at(500 - n * 60)))  # fmt: skip
    box.put(message(("0.xlsx", form(SOUND, 0)), sent=at(30)))
    return box.put(message(), received=at(20))


def prepared(folder: Path) -> Round:
    made = begun(folder)
    for n in range(4):
        path = made.inbox / f"{n}.xlsx"
        path.write_bytes(form(SILENT, n) if n < 3 else b"no workbook")
        os.utime(path, (at(100 - n * 20).timestamp(),) * 2)
    return made


def copied(made: Round, folder: Path) -> Round:
    shutil.copytree(made.folder, folder)
    return replace(made, folder=folder)


def undisturbed(made: Round, folder: Path) -> tuple[FileState, ...]:
    calm = copied(made, folder)
    collect(calm, [mailbox()], now=NOW)
    return standing(calm)


def is_whole(made: Round) -> None:
    """The ledger says exactly what the archive holds, each arrival once."""
    archive = intakes.archive_of(made)
    assert archive.verify() == ()
    receipts = [receipt.identity for receipt in archive.receipts()]
    assert len(set(receipts)) == len(receipts)
    with opened(made) as records:
        records.ledger.check()
        entered = [
            (event.sha256, event.detail["source"], event.detail["key"],
             *event.detail.get("path", ()))
            for event in records.ledger.events(Kind.RECEIVED)
        ]  # fmt: skip
        assert Counter(entered) == Counter(receipts)
    assert not [path for path in made.folder.rglob(f"{SIDE}*") if path.name != NAME]


# ------------------------------------------------------------------ killed
def _child(made: Round, pipe: Any) -> None:
    pipe.send("begun")
    collect(made, [mailbox()], now=NOW)


@posix
def test_killed_at_ten_random_moments(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    expected = undisturbed(made, tmp_path / "calm")
    whole = run_and_kill(_child, copied(made, tmp_path / "timed"), 60)
    moments = random.Random(7)
    for n in range(10):
        killed = copied(made, tmp_path / f"k{n}")
        run_and_kill(_child, killed, moments.uniform(0, whole))
        if ledger_file(killed).exists():
            list(standing(killed))
        collect(killed, [mailbox()], now=NOW)
        is_whole(killed)
        assert standing(killed) == expected
        assert collect(killed, [mailbox()], now=NOW).parcels == 0


@posix
def test_killed_again_and_again_it_comes_to_its_end(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    expected = undisturbed(made, tmp_path / "calm")
    moments = random.Random(11)
    for _ in range(8):
        run_and_kill(_child, made, moments.uniform(0, 0.08))
    collect(made, [mailbox()], now=NOW)
    is_whole(made)
    assert standing(made) == expected


class Broken(BaseException):
    """Stands for a kill between two steps."""


@pytest.mark.parametrize("step", ["put", "add_receipt", "add"])
def test_broken_off_between_any_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    made = begun(tmp_path)
    box = Box().put(message(("a.xlsx", form(SOUND, 1)), sent=at(90)))
    box.put(message(("z.zip", packed(("b.xlsx", form(SOUND, 2)), ("c.txt", b"x"))), sent=at(60)))
    calm = copied(made, tmp_path / "calm")
    collect(calm, [box], now=NOW)
    owner = Ledger if step == "add" else Archive
    real = getattr(owner, step)
    for stop in range(1, 12):
        broken = copied(made, tmp_path / f"{step}{stop}")
        calls = []

        def counted(*arguments: Any, calls: list[int], stop: int) -> Any:
            calls.append(1)
            if len(calls) == stop:
                raise Broken
            return real(*arguments)

        with monkeypatch.context() as patch:
            # A plain function, so that it is bound to its object like the method it replaces.
            patch.setattr(owner, step, _method(partial(counted, calls=calls, stop=stop)))
            try:
                collect(broken, [box], now=NOW)
            except Broken:
                pass
            else:
                assert stop > 1
        collect(broken, [box], now=NOW)
        is_whole(broken)
        assert standing(broken) == standing(calm)


def _method(function: Any) -> Any:
    return lambda *arguments: function(*arguments)


def test_what_the_source_no_longer_has_is_taken_from_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begun(tmp_path)
    box = Box().put(message(("a.xlsx", form(SOUND, 1)), sent=at(90)))

    def killed(_: Ledger, events: Iterable[Event]) -> None:
        if any(event.kind is Kind.RECEIVED for event in events):
            raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "add", killed)
        with pytest.raises(Broken):
            collect(made, [box], now=NOW)
    assert standing(made) == ()
    (state,) = collect(made, now=NOW).files
    assert (state.unit, state.name) == (SOUND, "a.xlsx")
    is_whole(made)


# ------------------------------------------------------------------ two at once
def _slow_child(made: Round, pipe: Any) -> None:
    def wait(_: Path) -> None:
        pipe.send("at work")
        pipe.recv()

    collect(made, progress=wait)


@posix
def test_the_second_collection_is_told_who_is_at_work(tmp_path: Path) -> None:
    made = begun(tmp_path)
    (made.inbox / "a.xlsx").write_bytes(form(SOUND))
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_slow_child, args=(made, theirs))
    child.start()
    assert ours.recv() == "at work"
    with pytest.raises(RoundError, match=str(child.pid)) as problem:
        collect(made)
    assert "\n" not in str(problem.value) and "@" in str(problem.value)
    assert standing(made) == (), "reading does not wait"
    ours.send("go on")
    child.join()
    assert child.exitcode == 0 and len(standing(made)) == 1 and collect(made).parcels == 0


def _impatient(made: Round, times: int) -> None:
    for _ in range(times):
        try:
            collect(made, [mailbox()], now=NOW)
        except RoundError:
            time.sleep(0.005)


@posix
def test_two_collections_side_by_side(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    expected = undisturbed(made, tmp_path / "calm")
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_impatient, args=(made, 30)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0]
    collect(made, [mailbox()], now=NOW)
    is_whole(made)
    assert standing(made) == expected
