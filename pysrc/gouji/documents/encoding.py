"""Text out of bytes, whatever the file says of its own encoding.

Chinese pages often name an encoding they do not use. Every encoding that fits without an error is
a candidate; the one whose text is made of everyday characters is it.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from gouji.gate import Reason, refusal

#: Byte order marks, the longer first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
#: Tried in this order, after what the file itself says.
_TRIED = ("utf-8", "gb18030", "big5")
#: GB2312 and GBK are parts of GB18030, and pages that name them use its characters.
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "big5hkscs": "big5hkscs"}
#: Encodings that every byte fits say nothing; those of one byte hold no Chinese.
_EMPTY_WORDS = ("iso8859", "cp125", "ascii", "latin", "utf-16", "utf-32", "utf-7", "mac", "koi8")
_SAMPLE = 20_000
#: One wrong byte in so many characters is a slip of whoever wrote the file.
_SLIP_SHARE = 200
#: Everyday characters stand in the first levels of GB 2312 and Big5: lead bytes.
_EVERYDAY = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
#: By so much another text must be more everyday before the file's own word is doubted.
_MARGIN = 0.2


@dataclass(frozen=True, slots=True)
class Decoded:
    """``used`` is the encoding; ``declared`` the file's own word, in the file's spelling."""

    text: str
    used: str
    declared: str = ""

    @property
    def lied(self) -> bool:
        """The file named another encoding than the one that was used."""
        return bool(self.declared) and _family(self.declared) not in (self.used, "")


def decode(data: bytes, declared: str = "") -> Decoded:
    """The text of a file. Raises Refused (damaged) when no encoding fits."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(name, "replace"), name, declared)
    if wide := _wide(data):
        return Decoded(data.decode(wide, "replace"), wide, declared)
    own = _family(declared)
    order = [name for name in dict.fromkeys((own, *_TRIED)) if name]
    fitting = [(name, text) for name in order if (text := _strict(data, name)) is not None]
    if not fitting:
        return _nearly(data, order, declared)
    best = max(_everyday(text) for _, text in fitting)
    name, text = next(pair for pair in fitting if _everyday(pair[1]) >= best - _MARGIN)
    return Decoded(text, name, declared)


def _family(declared: str) -> str:
    """Python's name of a declared encoding that is worth trying, else empty."""
    try:
        name = codecs.lookup(declared.strip()).name if declared.strip() else ""
    except (LookupError, ValueError):
        return ""
    if any(name.startswith(word) for word in _EMPTY_WORDS):
        return ""
    return _ALIASES.get(name, name)


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: Latin letters and tags leave every other byte zero."""
    even, odd = data[:4000:2].count(0), data[1:4000:2].count(0)
    if max(even, odd) * 10 < len(data[:4000]):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _strict(data: bytes, name: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(data)  # a cut end is no error
    except (UnicodeError, LookupError, AttributeError, TypeError):
        return None


def _nearly(data: bytes, order: list[str], declared: str) -> Decoded:
    texts = [(name, data.decode(name, "replace")) for name in order]
    name, text = min(texts, key=lambda pair: pair[1].count("\ufffd"))
    if text.count("\ufffd") * _SLIP_SHARE > len(text):
        raise refusal(Reason.DAMAGED, "encoding")
    return Decoded(text, name, declared)


def _everyday(text: str) -> float:
    """Share of everyday ones among the characters beyond ASCII; 1.0 where there are none."""
    sample = [char for char in text if char >= "\u0100"][:_SAMPLE]
    if not sample:
        return 1.0
    han = [char for char in sample if char >= "\u2e80"]
    return sum(map(_is_everyday, han)) / len(sample)


def _is_everyday(char: str) -> bool:
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef":
        return True  # Chinese punctuation and full-width forms
    for name, low, high in _EVERYDAY:
        raw = char.encode(name, "ignore")
        if raw and low <= raw[0] <= high:
            return True
    return False
