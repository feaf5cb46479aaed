"""Killed at any moment, or touched by somebody: a version is whole, absent, or told of."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gouji.ledger.events import Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.publishing import publish, version_of, versions
from gouji.publishing.versions import figures_name, manifest_name
from gouji.round import Round, RoundError
from gouji.unusable import UnusableCall
from kills import run_and_kill
from publications import FIRST, ONE, SECOND, begun, content, events, is_whole, send

Run = Callable[..., tuple[int, str, str]]
posix = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills the POSIX way")


class Broken(BaseException):
    """Stands for a kill between two steps."""


def copied(made: Round, folder: Path) -> Round:
    shutil.copytree(made.folder, folder)
    return replace(made, folder=folder)


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """Published once, and a correction has come in."""
    made = begun(tmp_path_factory.mktemp("round"))
    publish(made, FIRST)
    send(made, ONE, 5, "更正.xlsx", 9)
    return made


#: The module; the package's name for it is that of its function.
MODULE = import_module("gouji.publishing.publish")
STEPS = {
    "workbook": "figures_of",
    "figures": "to_bytes",
    "note": "note.note_bytes",
    "list": "listing.write_list",
    "name": "put_in_place",
    "ledger": "enter",
}


@pytest.mark.parametrize("step", STEPS)
def test_broken_off_at_any_step(
    corrected: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    made = copied(corrected, tmp_path / "r")
    first = content(made.folder / "公布" / "第1版")

    def killed(*_: object, **__: object) -> None:
        raise Broken

    with monkeypatch.context() as patch:
        # A real kill would not clean up either.
        patch.setattr(shutil, "rmtree", lambda _: None)
        module, _, name = STEPS[step].rpartition(".")
        owner = import_module(f"gouji.publishing.{module}") if module else MODULE
        patch.setattr(owner, name, killed)
        with pytest.raises(Broken):
            publish(made, SECOND)
    assert events(made) == [1]
    done = publish(made, SECOND)
    is_whole(made, [1, 2])
    assert content(made.folder / "公布" / "第1版") == first
    if step == "ledger":
        assert done.version is None, "it was whole already: only entered"
    else:
        assert done.version is not None and done.version.number == 2


def test_broken_off_between_journal_and_ledger(
    corrected: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = copied(corrected, tmp_path / "r")
    add = Ledger.add

    def killed(ledger: Ledger, told: Iterable[Event]) -> None:
        told = list(told)
        if any(event.kind is Kind.PUBLISHED for event in told):
            raise Broken
        add(ledger, told)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "add", killed)
        with pytest.raises(Broken):
            publish(made, SECOND)
    assert [version.number for version in versions(made)] == [1, 2] and events(made) == [1]
    publish(made, SECOND)
    is_whole(made, [1, 2])


def _child(made: Round, pipe: Any) -> None:
    pipe.send("begun")
    publish(made, SECOND)


@posix
def test_killed_at_random_moments(corrected: Round, tmp_path: Path) -> None:
    moments = random.Random(5)
    whole = run_and_kill(_child, copied(corrected, tmp_path / "timed"), 60)
    for n in range(8):
        made = copied(corrected, tmp_path / f"k{n}")
        first = content(made.folder / "公布" / "第1版")
        run_and_kill(_child, made, moments.uniform(0.2 * whole, whole))
        publish(made, SECOND)
        is_whole(made, [1, 2])
        assert content(made.folder / "公布" / "第1版") == first


def _waiting(made: Round, pipe: Any) -> None:
    def wait(_: Path) -> None:
        pipe.send("at work")
        pipe.recv()

    publish(made, SECOND, progress=wait)


@posix
def test_two_at_once_the_second_is_told_who_is_at_work(corrected: Round, tmp_path: Path) -> None:
    made = copied(corrected, tmp_path / "r")
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_waiting, args=(made, theirs))
    child.start()
    try:
        assert ours.recv() == "at work"
        with pytest.raises(RoundError, match=str(child.pid)):
            publish(made, SECOND)
    finally:
        child.kill()
        child.join()
    publish(made, SECOND)
    is_whole(made, [1, 2])


# ------------------------------------------------------------------ touched afterwards
@pytest.mark.parametrize("which", ["book", "figures", "manifest", "gone", "folder"])
def test_a_version_that_was_touched_is_named(
    run: Run, corrected: Round, tmp_path: Path, which: str
) -> None:
    made = copied(corrected, tmp_path / "r")
    (version,) = versions(made)
    names = {"book": version.book, "gone": version.book, "figures": figures_name(),
             "manifest": manifest_name()}  # fmt: skip
    if which == "folder":
        shutil.rmtree(version.folder)
    else:
        file = version.folder / names[which]
        file.chmod(0o644)
        if which == "gone":
            file.unlink()
        else:
            data = file.read_bytes()
            file.write_bytes(data.replace(b"1", b"2", 1) if which != "book" else data + b" ")
    status, out, err = run("publish", made.folder)
    assert (status, out) == (2, "") and "第1版" in err and "备份" in err and err.count("\n") == 1
    status, out, err = run("status", made.folder)
    assert status in (0, 1) and ONE in out, "the round stands all the same"
    if which in ("figures", "manifest", "folder"):
        assert "第1版" in err


def manifest(**facts: Any) -> dict[str, Any]:
    files = {"数据.json": "0" * 64, "b.xlsx": "0" * 64}
    return {"format": 1, "version": 1, "day": "2022-03-20", "year": 2021, "district": "区",
            "edition": "2021", "book": "b.xlsx", "files": files, "reasons": [],
            "changes": []} | facts  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"\xff\x00", {}, manifest(version=2), manifest(format=9),
        manifest(day="soon"), manifest(day=3), manifest(files=[]), manifest(files={}),
        manifest(files={"../../x": "0" * 64, "数据.json": "0" * 64, "b.xlsx": "0" * 64}),
        manifest(files={"/etc/passwd": "0" * 64, "数据.json": "0" * 64, "b.xlsx": "0" * 64}),
        manifest(files={"数据.json": 3, "b.xlsx": "0" * 64}), manifest(book="c.xlsx"),
        manifest(book=3), manifest(changes=3), manifest(),
    ],
)  # fmt: skip
def test_a_hostile_folder_is_refused_in_one_line(run: Run, tmp_path: Path, body: Any) -> None:
    """Somebody put a folder there; the ledger knows nothing of it."""
    made = begun(tmp_path)
    folder = made.folder / "公布" / "第1版"
    folder.mkdir(parents=True)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    (folder / manifest_name()).write_bytes(data)
    status, out, err = run("publish", made.folder)
    assert (status, out) == (2, "") and "第1版" in err and err.count("\n") == 1
    with pytest.raises(UnusableCall):
        version_of(made)
    assert events(made) == []
