"""Hostile and damaged files at volume: ``python bench/fuzz.py --cases 20000 [--log FILE]``.

Each case is made from its number alone, read in a process with bounded memory and time, and ends
as one outcome. With ``--log`` the run goes on where it stopped; ``--only N`` shows one case.
Exits 1 when a case broke, hung, or gave a value that another reader does not find.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import selectors
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fuzz_judge import disagreements
from fuzz_seeds import KINDS, case, seed

MEMORY = 2 << 30
SECONDS = 60
#: Outcomes: the values of the sound file, repaired and told, other values that both readers find,
#: other values where no other reader can say, refused; and those that must never be.
GOOD = ("same", "told", "changed", "not judged", "refused")
BAD = ("wrong", "broke", "hung", "died")


# ---------------------------------------------------------------------- inside the worker
def outcome(number: int) -> dict[str, Any]:
    """What one case ends with."""
    kind, mutations, data = case(number)
    start = time.perf_counter()
    try:
        result, why = _judged(kind, data)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a reader written in Rust panics outside Exception
        result, why = "broke", f"{type(error).__name__}: {error}"[:300]
    return {"case": number, "kind": kind, "mutations": mutations, "outcome": result, "why": why,
            "seconds": round(time.perf_counter() - start, 3)}  # fmt: skip


def _judged(kind: str, data: bytes) -> tuple[str, str]:
    sound = _read("表", seed(kind))
    found = _read("表", data)
    if not any(read for _, read, _ in found):
        return "refused", found[0][2] if found else "nothing inside"
    whys = []
    for leaf, read, _ in found:
        if read is not None and _is_judged(leaf):
            wrong = disagreements(leaf, read)
            if isinstance(wrong, list) and wrong:
                return "wrong", "；".join(wrong)[:600]
            whys += [wrong] if isinstance(wrong, str) else []
    first = next(read for _, read, _ in sound if read is not None)
    reads = [read for _, read, _ in found if read is not None]
    if any(_extra(read) > _extra(first) for read in reads):
        return "told", ""
    if all(dict(read.values) == dict(first.values) for read in reads):
        return "same", ""
    if whys:
        return "not judged", whys[0]
    return ("changed" if all(_is_judged(leaf) for leaf, *_ in found) else "not judged"), ""


def _is_judged(data: bytes) -> bool:
    return data.startswith(b"PK") and (b"xl/workbook" in data or b"content.xml" in data)


def _extra(read: Any) -> int:
    return len(read.repairs) + len(read.structure) + len(read.notes) + len(read.typed)


@cache
def _sound(data: bytes) -> list[tuple[bytes, Any, str]]:
    return _opened("表", data)


def _read(name: str, data: bytes) -> list[tuple[bytes, Any, str]]:
    return _sound(data) if any(data is seed(kind) for kind in KINDS) else _opened(name, data)


def _opened(name: str, data: bytes) -> list[tuple[bytes, Any, str]]:
    """Bytes, submission and refusal of everything inside, as the intake opens it."""
    from gouji.collecting.facts import submission_in
    from gouji.gate import Content, Refused
    from gouji.mail.unpack import leaves

    found = []
    for leaf in leaves(name, data):
        if leaf.refused is not None:
            found.append((leaf.data, None, str(leaf.refused.reason)))
            continue
        digest = hashlib.sha256(leaf.data).hexdigest()
        try:
            read = submission_in(Content(leaf.name, leaf.data, digest))
            found.append((leaf.data, read, ""))
        except Refused as refused:
            assert refused.message and "\n" not in refused.message, refused.message
            found.append((leaf.data, None, str(refused.reason)))
    return found


def work() -> None:
    """Case numbers on standard input, one outcome a line on standard output."""
    import resource

    warnings.simplefilter("ignore")  # of the other reader and of zipfile, about what we bent
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        print(json.dumps(outcome(int(line))), flush=True)


# ---------------------------------------------------------------------- outside
class _Worker:
    """A process that reads hostile files; a new one when it dies or hangs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def outcome(self, number: int) -> dict[str, Any]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, __file__, "--work"], text=True, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )  # fmt: skip
        process = self._process
        assert process.stdin and process.stdout
        process.stdin.write(f"{number}\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if waiting.select(SECONDS) else None
        if line:
            found: dict[str, Any] = json.loads(line)
            return found
        self.end()
        kind, mutations, _ = case(number)
        return {"case": number, "kind": kind, "mutations": mutations, "why": "",
                "outcome": "hung" if line is None else "died", "seconds": SECONDS}  # fmt: skip

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def run(numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    """The outcome of each case, in order."""
    worker = _Worker()
    try:
        for number in numbers:
            yield worker.outcome(number)
    finally:
        worker.end()


def table(results: Iterable[dict[str, Any]]) -> str:
    """Kinds down, outcomes across, as Markdown."""
    counts = Counter((each["kind"], each["outcome"]) for each in results)
    heads = (*GOOD, *BAD)
    lines = [
        "| file | cases | " + " | ".join(heads) + " |",
        "| --- |" + " ---: |" * (len(heads) + 1),
    ]
    for kind in (*KINDS, "all"):
        row = [sum(n for (k, o), n in counts.items() if kind in (k, "all") and o == head)
               for head in heads]  # fmt: skip
        lines.append(f"| {kind} | {sum(row)} | " + " | ".join(map(str, row)) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--only", type=int)
    parser.add_argument("--save", type=Path, help="write the bytes of the case that --only names")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work()
        return 0
    if options.only is not None:
        if options.save:
            options.save.write_bytes(case(options.only)[2])
        print(json.dumps(outcome(options.only), ensure_ascii=False, indent=1))
        return 0
    results = []
    if options.log and options.log.exists():
        results = [json.loads(line) for line in options.log.read_text().splitlines()]
    done = {each["case"] for each in results}
    wanted = range(options.start, options.start + options.cases)
    for each in run(number for number in wanted if number not in done):
        results.append(each)
        if each["outcome"] in BAD:
            print(json.dumps(each, ensure_ascii=False), flush=True)
        if options.log:
            with options.log.open("a") as log:
                log.write(json.dumps(each) + "\n")
    results = [each for each in results if each["case"] in wanted]
    print(table(results))
    slowest = max(results, key=lambda each: each["seconds"])
    print(f"\nslowest: case {slowest['case']} ({slowest['kind']}), {slowest['seconds']} s")
    return int(any(each["outcome"] in BAD for each in results))


if __name__ == "__main__":
    sys.exit(main())
