"""Words of a header or a name, whatever encoding a mail program wrote them in.

Nothing here raises: bytes that fit nowhere become U+FFFD.
"""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata
from urllib.parse import unquote_to_bytes

from gouji.documents import encoding
from gouji.gate import Refused

LONGEST_NAME = 200  #: characters of a displayed name
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")
#: An encoded word of RFC 2047, the language of RFC 2231 passed over.
_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_PERCENT = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
#: Names mail programs use that Python does not know.
_ALIASES = {
    "x-gbk": "gb18030", "gb_2312-80": "gb18030", "x-gb2312": "gb18030", "euc-cn": "gb18030",
    "gbk2312": "gb18030", "chinesebig5": "big5", "x-x-big5": "big5", "x-big5": "big5",
    "utf": "utf-8", "utf_8": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-unknown": "",
    "unknown-8bit": "", "default": "", "hz-gb-2312": "hz", "ansi": "", "x-utf-8": "utf-8",
}  # fmt: skip
#: Codecs of text. Others (zlib, unicode_escape, idna) may be slow or do something else.
_WIDE = frozenset({
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "gb18030", "gbk", "gb2312",
    "hz", "big5", "big5hkscs", "cp950", "cp932", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr",
    "cp949", "iso2022_kr",
})  # fmt: skip
_NARROW = re.compile(r"(iso8859-\d+|cp12\d\d|ascii|koi8-[ru]|mac-roman|cp437|cp850)")
#: Programs name the small one and use the large one.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950"}
#: Wide codecs whose bytes are not to be doubted: other readings of them always fit, too.
_SHIFTING = frozenset({"utf-7", "hz", "iso2022_jp", "iso2022_kr", "utf-16", "utf-16-le",
                       "utf-16-be", "utf-32"})  # fmt: skip


def codec_of(charset: str) -> str:
    """Python's name of a declared charset; empty for none, an unknown or an unsafe one."""
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if not _CHARSET.fullmatch(name):
        return ""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return found if found in _WIDE or _NARROW.fullmatch(found) else ""


def decoded(raw: bytes, charset: str = "") -> str:
    """Text of ``raw``. A Latin charset is only believed where nothing Chinese fits."""
    codec = codec_of(charset)
    if codec in _SHIFTING:
        return raw.decode(codec, "replace")
    raw = raw.replace(b"\0", b"")  # padding, which would be taken for UTF-16
    if raw.isascii():
        return raw.decode("ascii")
    if _NARROW.fullmatch(codec) and codec != "ascii":
        return _first_fitting(raw, "utf-8", "gb2312", codec) or raw.decode(codec, "replace")
    # What is UTF-8 by chance is hardly ever meant otherwise; what is GBK by chance often is.
    if codec == "utf-8" or (codec in _WIDE and not _first_fitting(raw, "utf-8")):
        told = _first_fitting(raw, _WIDER.get(codec, codec))
        if told:
            return told
    try:
        return encoding.decode(raw, codec).text
    except Refused:
        return raw.decode(codec or "gb18030", "replace")


def _first_fitting(raw: bytes, *names: str) -> str:
    for name in names:
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return ""


# ---------------------------------------------------------------------- encoded words
def words(text: str) -> str:
    """The text with its encoded words read; neighbours that split a character are joined."""
    out: list[str] = []
    run: list[tuple[str, bytes]] = []  # encoded words with nothing but blanks between
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        raw = _word_bytes(match[2], match[3])
        joins = bool(run) and raw is not None and not between.strip()
        if not joins:
            out += [_run(run), between]
            run = []
        if raw is None:
            out.append(match[0])
        else:
            run.append((match[1].lower(), raw))
        end = match.end()
    return "".join([*out, _run(run), text[end:]])


def _word_bytes(kind: str, text: str) -> bytes | None:
    if not text.isascii():
        return None
    try:
        if kind in "qQ":
            return binascii.a2b_qp(text.encode(), header=True)
        kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
        return binascii.a2b_base64(kept + "=" * (-len(kept) % 4))
    except binascii.Error:
        return None


def _run(run: list[tuple[str, bytes]]) -> str:
    """Neighbours of one charset are one text: programs cut words anywhere."""
    texts: list[str] = []
    start = 0
    for index in range(1, len(run) + 1):
        if index == len(run) or run[index][0] != run[start][0]:
            joined = b"".join(raw for _, raw in run[start:index])
            texts.append(decoded(joined, run[start][0]))
            start = index
    return "".join(texts)


def percent(text: str) -> str:
    """``%E8%A1%A8.xlsx`` read, where it is UTF-8 beyond doubt; else the text as it is."""
    if "%" not in text or not text.isascii() or not _PERCENT.fullmatch(text):
        return text
    try:
        plain = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text
    return text if plain.isascii() else plain


# ---------------------------------------------------------------------- what is shown
def line(text: str, longest: int = 500) -> str:
    """One line without control, direction or half characters, blanks collapsed."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    kept = (char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(kept).split())[:longest].rstrip()


def name_of_path(text: str) -> str:
    """The last part of a path as a name to show: one line, its ending kept when cut."""
    cleaned = unicodedata.normalize("NFC", line(text, 10_000))
    parts = [part for part in re.split(r"[/\\]", cleaned) if part.strip(" .")]
    name = parts[-1].strip() if parts else ""
    if len(name) <= LONGEST_NAME:
        return name
    ending = _ENDING.search(name)
    kept = ending[0] if ending else ""
    return name[: LONGEST_NAME - len(kept)].rstrip() + kept
