"""Collecting from mailboxes: messages and archives are opened, everything in them is accounted."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

import intakes
import rounds
from gouji.collecting import State, collect, standing
from gouji.gate import Reason
from gouji.ledger.receipts import PARCEL
from intakes import NOW, PICTURE, Box, at, begun, by_name, form, message, packed, states
from rounds import BROKEN, QUERIED, SILENT, SOUND


def test_a_message_is_archived_with_its_attachments(tmp_path: Path) -> None:
    made = begun(tmp_path)
    data = form(SOUND)
    raw = message(("教育局年报.xlsx", data), sender="a@example.org", sent=at(60), subject="报送")
    (state,) = collect(made, [Box().put(raw, received=at(59))], now=NOW).files
    (receipt,) = state.receipts
    assert (state.name, state.sender, state.via) == ("教育局年报.xlsx", "a@example.org", "imap")
    assert state.when == at(60) and state.state is State.LATEST
    assert (receipt.subject, receipt.source, receipt.key) == ("报送", "box", "0")
    assert receipt.message_id.endswith("@example.org>") or receipt.message_id
    archive = intakes.archive_of(made)
    whole = hashlib.sha256(raw).hexdigest()
    assert receipt.parcel == whole and archive.read(whole) == raw
    assert archive.read(state.sha256) == data
    (outer,) = archive.receipts_of(whole)
    assert outer.role == PARCEL and outer.subject == "报送"
    assert archive.find(whole).suffix == ".eml"  # type: ignore[union-attr]


def test_several_attachments_each_go_to_their_unit(tmp_path: Path) -> None:
    made = begun(tmp_path)
    raw = message(
        ("一.xlsx", form(SOUND)),
        ("二.zip", packed(("甲/民政.xlsx", form(QUERIED)), ("乙/说明.docx", b"not a form"))),
        ("一.xlsx", form(SILENT)),
        sent=at(60),
    )
    collect(made, [Box().put(raw)])
    assert {(f.name, f.unit, f.state) for f in standing(made)} == {
        ("一.xlsx", SOUND, State.LATEST),
        ("民政.xlsx", QUERIED, State.LATEST),
        ("一.xlsx", SILENT, State.LATEST),
        ("说明.docx", "", State.REFUSED),
    }


def test_a_forwarded_message_counts_by_its_own_sender_and_date(tmp_path: Path) -> None:
    made = begun(tmp_path)
    inner = message(("a.xlsx", form(SOUND)), sender="a@example.org", sent=at(300))
    raw = message(("原件.eml", inner), sender="office@example.org", sent=at(10))
    (state,) = collect(made, [Box().put(raw)]).files
    assert (state.sender, state.when, state.unit) == ("a@example.org", at(300), SOUND)


@pytest.mark.parametrize(
    ("sent", "received", "when"),
    [
        (at(60), at(59), at(60)),
        (at(-600), at(59), at(59)),
        (at(-600), None, NOW),
        (None, at(59), at(59)),
        (None, at(-5), NOW),
        (None, None, None),
    ],
)
def test_when_it_came(tmp_path: Path, sent: object, received: object, when: object) -> None:
    made = begun(tmp_path)
    raw = message(("a.xlsx", form(SOUND)), sent=sent)  # type: ignore[arg-type]
    (state,) = collect(made, [Box().put(raw, received)], now=NOW).files  # type: ignore[arg-type]
    assert state.when == when


def test_logos_cards_and_invitations_are_no_reports(tmp_path: Path) -> None:
    made = begun(tmp_path)
    raw = message(
        ("a.xlsx", form(SOUND)),
        ("card.vcf", b"BEGIN:VCARD\nEND:VCARD\n"),
        ("invite.bin", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
        ("smime.p7s", b"0\x82"),
        inline=(PICTURE,),
    )
    collect(made, [Box().put(raw, at(9))])
    found = states(made)
    assert found.pop("a.xlsx") is State.LATEST
    assert len(found) == 4 and set(found.values()) == {State.ASIDE}
    assert all(by_name(made)[name].reason == Reason.NOT_A_REPORT for name in found)


def test_a_picture_that_was_attached_is_refused_even_if_it_was_a_logo_before(
    tmp_path: Path,
) -> None:
    made = begun(tmp_path)
    box = Box().put(message(("a.xlsx", form(SOUND)), inline=(PICTURE,)), at(9))
    collect(made, [box])
    assert states(made)["logo.png"] is State.ASIDE
    collect(made, [box.put(message(("照片.png", PICTURE)), at(5))])
    assert states(made)["logo.png"] is State.REFUSED
    assert by_name(made)["logo.png"].reason == Reason.NOT_WORKBOOK


@pytest.mark.parametrize("inline", [(), (PICTURE,)])
def test_a_message_without_a_file(tmp_path: Path, inline: tuple[bytes, ...]) -> None:
    made = begun(tmp_path)
    raw = message(subject="已报，请查收", sender="a@example.org", inline=inline)
    collect(made, [Box().put(raw, at(9))])
    (state,) = [f for f in standing(made) if f.state is not State.ASIDE]
    assert (state.state, state.reason) == (State.REFUSED, Reason.NO_ATTACHMENT)
    assert state.sender == "a@example.org" and state.why and "\n" not in state.why
    assert collect(made, [Box().put(raw, at(9))]).parcels == 0


def test_only_a_visiting_card_is_no_file_either(tmp_path: Path) -> None:
    made = begun(tmp_path)
    raw = message(("card.vcf", b"BEGIN:VCARD\nEND:VCARD\n"))
    collect(made, [Box().put(raw, at(9))])
    assert {f.reason for f in standing(made)} == {Reason.NO_ATTACHMENT, Reason.NOT_A_REPORT}


def test_a_message_in_the_inbox_is_a_message(tmp_path: Path) -> None:
    made = begun(tmp_path)
    raw = message(("a.xlsx", form(SOUND)), sender="a@example.org", sent=at(60))
    (made.inbox / "另存的邮件.eml").write_bytes(raw)
    (state,) = collect(made).files
    assert (state.unit, state.sender, state.when) == (SOUND, "a@example.org", at(60))
    assert state.via == "folder"


def test_the_same_form_by_mail_and_in_the_inbox_is_one_file(tmp_path: Path) -> None:
    made = begun(tmp_path)
    data = form(SOUND)
    (made.inbox / "a.xlsx").write_bytes(data)
    box = Box().put(message(("b.xlsx", data), sender="a@example.org", sent=at(60)))
    done = collect(made, [box])
    (state,) = standing(made)
    assert {r.via for r in state.receipts} == {"folder", "imap"} and done.again == 1
    assert state.name == "b.xlsx", "the first arrival names it"


def test_the_mended_attachment_supersedes_the_first(tmp_path: Path) -> None:
    made = begun(tmp_path)
    box = Box().put(message(("a.xlsx", form(SOUND, 1)), sent=at(600)))
    box.put(message(("a.xlsx", form(SOUND, 2)), sent=at(60)))
    collect(made, [box])
    old, new = standing(made)
    assert (old.state, new.state) == (State.SUPERSEDED, State.LATEST)
    assert (old.version, new.version) == (1, 2) and new.difference and new.difference.changes


def test_two_forms_of_a_unit_in_one_message_are_a_conflict(tmp_path: Path) -> None:
    made = begun(tmp_path)
    raw = message(("a.xlsx", form(SOUND, 1)), ("b.xlsx", form(SOUND, 2)), sent=at(60))
    collect(made, [Box().put(raw)])
    assert set(states(made).values()) == {State.CONFLICT}


def test_hostile_names_inside_messages_and_archives(tmp_path: Path) -> None:
    made = begun(tmp_path)
    names = ("../../../../tmp/x.xlsx", "C:\\Windows\\y.xlsx", "a\u202excod.exe", "CON", "长" * 300)
    forms = zip(names, (SOUND, QUERIED, BROKEN, SILENT, "某局"), strict=True)
    files = [(name, form(unit)) for name, unit in forms]
    collect(made, [Box().put(message(*files[:3], ("z.zip", packed(*files[3:]))), at(9))])
    found = standing(made)
    assert {f.unit for f in found} == {SOUND, QUERIED, BROKEN, SILENT, ""}
    for state in found:
        assert not set(state.name) & set("/\\\u202e\n") and len(state.name) <= 200
    assert not Path("/tmp/x.xlsx").exists()
    root = made.folder.resolve()
    assert all(p.resolve().is_relative_to(root) for p in made.folder.rglob("*"))


@pytest.mark.parametrize("data", [b"", b"\x00" * 50, b"From", b"PK\x03\x04 not a zip", PICTURE])
def test_any_bytes_end_in_one_state(tmp_path: Path, data: bytes) -> None:
    made = begun(tmp_path)
    collect(made, [Box().put(data, at(9)), Box("other", "folder").put(data, at(8), "x.xlsx")])
    found = standing(made)
    assert found and all(f.state in (State.REFUSED, State.ASIDE) and f.why for f in found)
    assert intakes.archive_of(made).verify() == ()


def test_a_bomb_in_a_message_does_not_stop_the_rest(tmp_path: Path) -> None:
    made = begun(tmp_path)
    bomb = packed(("a.xlsx", bytes(300 << 20)))
    box = Box().put(message(("bomb.zip", bomb), ("a.xlsx", form(SOUND)), sent=at(60)))
    collect(made, [box])
    found = {f.reason or f.unit for f in standing(made)}
    assert found == {SOUND, Reason.DANGEROUS_ARCHIVE}


def test_one_source_that_fails_does_not_lose_what_came_before(tmp_path: Path) -> None:
    made = rounds.NEW and begun(tmp_path)
    box = Box().put(message(("a.xlsx", form(SOUND)), sent=at(60)))

    class Broken(Box):
        def new(self, known):  # type: ignore[no-untyped-def]
            yield from super().new(known)
            raise TimeoutError("the server went away")

    broken = Broken("imap:x").put(message(("b.xlsx", form(QUERIED)), sent=at(50)))
    with pytest.raises(TimeoutError):
        collect(made, [box, broken])
    assert len(standing(made)) == 2
    done = collect(made, [box, Box("imap:x", held=broken.held)], now=NOW + timedelta(hours=1))
    assert done.parcels == 0 and {f.unit for f in standing(made)} == {SOUND, QUERIED}
