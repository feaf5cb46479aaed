"""What a cell probably means when it is not a plain number. Text is never silently a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gouji.model import Item, Kind, Number, Value
from gouji.wording import say


class Kindness(StrEnum):
    """How sure the meaning is."""

    NUMBER = "number"  #: a plain number as typed
    BLANK = "blank"  #: nothing in the cell
    PLACEHOLDER = "placeholder"  #: “-”, “/”, “无”: nothing happened, most likely 0
    TIDIED = "tidied"  #: only typography: full-width digits, spaces, separators
    WORDED = "worded"  #: words around a number: “12件”, “减4”, “251000元”
    UNREADABLE = "unreadable"  #: no number to be found


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: Kindness
    number: Number | None  #: None for blank, placeholder and unreadable
    why: str = ""


# What respondents write, compared after full-width marks became ASCII and spaces were taken away.
PLACEHOLDERS = frozenset(
    ["-", "--", "—", "——", "–", "/", "//", "\\", "、", ".", "*", "无", "没有", "暂无", "未发生",
     "不涉及", "不适用", "空", "空白", "N/A", "NA", "NONE", "NIL"]
)  # fmt: skip
MINUS_WORDS = ("减少", "下降", "减", "降", "负")
PLUS_WORDS = ("增加", "增长", "新增", "增", "升")
LEAD_WORDS = ("人民币", "合计", "总计", "大约", "共计", "约", "共", "计", "¥", "￥", "RMB")
COUNT_WORDS = (
    "件", "个", "项", "条", "次", "人", "份", "宗", "起", "部", "家", "例", "批", "篇", "册", "种",
    "户", "笔", "人次", "件次",
)  # fmt: skip
#: Money and magnitude words → power of ten of one unit.
MONEY_WORDS = {
    "元": 0, "块": 0, "元整": 0, "圆": 0, "圆整": 0, "千元": 3, "万元": 4, "百万元": 6,
    "千万元": 7, "亿元": 8,
}  # fmt: skip
MAGNITUDES = {"": 0, "万": 4, "亿": 8}
#: From here on the text only explains the number before it.
ASIDES = re.compile(r"[,;。:]?(其中|包括|包含|含|均为|都为|均|都)")
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
DIGITS = {c: n % 10 for n, c in enumerate("零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖")} | {
    "两": 2, "兩": 2, "○": 0,
}  # fmt: skip
STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
#: One stroke is as often a dash as it is the numeral 1.
AMBIGUOUS_NUMERAL = "一"
#: Longer text is a remark, not a number.
LONGEST = 60

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: ord("-")}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+"
_PLAIN = re.compile(_NUMBER, re.ASCII)
_SPACED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?", re.ASCII)
_NUMERAL = "".join([*DIGITS, *STEPS, "万亿"])
_WORDED = re.compile(rf"({_NUMBER}|[+-]?[{_NUMERAL}]+)(.*)", re.ASCII)

_BLANK = Meaning(Kindness.BLANK, None)


def interpret(value: Value, item: Item) -> Meaning:
    """What ``value`` means in the cell of ``item``; numbers are exact, in the item's own unit."""
    if value is None or value == "":
        return _BLANK
    if not isinstance(value, str):
        return Meaning(Kindness.NUMBER, value)
    text = value.translate(_WIDE).translate(_INVISIBLE).strip().removeprefix("'").strip()
    bare = "".join(text.split())
    if not bare or bare.upper() in PLACEHOLDERS:
        why = say("hygiene.placeholder" if bare else "hygiene.spaces", text=bare)
        return Meaning(Kindness.PLACEHOLDER, None, why)
    if bare == AMBIGUOUS_NUMERAL:
        return _unreadable("hygiene.one_stroke", bare)
    if len(bare) > LONGEST:
        return _unreadable("hygiene.unreadable", f"{bare[:LONGEST]}…")
    if _PLAIN.fullmatch(text) or _SPACED.fullmatch(" ".join(text.split())):
        return Meaning(Kindness.TIDIED, _exact(bare), _tidied_why(value))
    return _worded(text, item) or _unreadable(_unreadable_key(bare), value.strip())


def _tidied_why(text: str) -> str:
    if re.search(r"[,，]", text):
        return say("hygiene.separators")
    if text.translate(_WIDE) != text:
        return say("hygiene.wide")
    return say("hygiene.spaced" if text != "".join(text.split()) else "hygiene.text_number")


def _unreadable(key: str, text: str) -> Meaning:
    return Meaning(Kindness.UNREADABLE, None, say(key, text=text))


def _unreadable_key(text: str) -> str:
    if text.startswith("#"):
        return "hygiene.error"
    return "hygiene.formula" if text.startswith("=") else "hygiene.unreadable"


def _worded(text: str, item: Item) -> Meaning | None:
    """A number with words around it, or None. The words must all be known ones."""
    if text.startswith(("#", "=")):
        return None
    core, aside = _without_asides(text)
    sign, core, signed = _sign(core)
    match = _WORDED.fullmatch(core)
    if not match or (signed and match[1][0] in "+-"):
        return None
    number, tail = _number_and_tail(match[1], match[2].strip())
    reading = None if number is None else _in_unit(number, tail, item)
    if reading is None:
        return None
    number, why = reading
    notes = [why] if why else []
    notes += [say("hygiene.aside")] if aside else []
    notes += [say("hygiene.signed")] if signed else []
    notes += [say("hygiene.numeral")] if match[1].strip("+-")[0] in _NUMERAL else []
    return Meaning(Kindness.WORDED, sign * number, "；".join(notes) or say("hygiene.words"))


def _without_asides(text: str) -> tuple[str, bool]:
    core = BRACKETS.sub("", text)
    cut = ASIDES.search(core)
    core = (core[: cut.start()] if cut else core).strip().rstrip(",;。.:").strip()
    return core, core != text


def _sign(text: str) -> tuple[int, str, bool]:
    for word in LEAD_WORDS:
        text = text.removeprefix(word).lstrip(" :")
    for words, sign in ((MINUS_WORDS, -1), (PLUS_WORDS, 1)):
        for word in words:
            if text.startswith(word):
                return sign, text.removeprefix(word).lstrip(" :"), True
    return 1, text, False


def _number_and_tail(number: str, tail: str) -> tuple[Number | None, str]:
    """Split the digits from the unit word; magnitudes after numerals belong to the word."""
    if number.strip("+-")[0] not in _NUMERAL:
        return _exact(number), tail
    sign = -1 if number[0] == "-" else 1
    numeral = number.strip("+-")
    # “三万元” is three of “万元”; “一万二千” has no such tail and is read as a whole.
    while tail.startswith(("元", "圆", "块")) and numeral[-1:] in ("万", "亿"):
        numeral, tail = numeral[:-1], numeral[-1] + tail
    value = _numeral(numeral)
    return (None if value is None else sign * value), tail


def _numeral(text: str) -> int | None:
    """Chinese numeral → int: positional “二〇二” or counted “二百零二”; None if malformed."""
    if not text or text in "万亿":
        return None
    if all(mark in DIGITS for mark in text):
        return int("".join(str(DIGITS[mark]) for mark in text))
    total = section = digit = 0
    last_step = 10_000
    for mark in text:
        if mark in DIGITS:
            if digit:
                return None
            digit = DIGITS[mark]
        elif mark in STEPS:
            if STEPS[mark] >= last_step:
                return None
            last_step, section, digit = STEPS[mark], section + (digit or 1) * STEPS[mark], 0
        else:
            total = (total + section + digit) * 10 ** MAGNITUDES[mark]
            section, digit, last_step = 0, 0, 10_000
    return total + section + digit


def _in_unit(number: Number, tail: str, item: Item) -> tuple[Number, str] | None:
    """The number in the item's unit, and why if it was converted; None for unknown words."""
    if tail in MONEY_WORDS:
        return _money(number, tail, item)
    magnitude = tail[:1] if tail[:1] in MAGNITUDES else ""
    word = tail.removeprefix(magnitude)
    if word and word not in (*COUNT_WORDS, item.unit):
        return None
    if not magnitude:
        return number, say("hygiene.unit_word", word=word) if word else ""
    if item.kind is Kind.AMOUNT:  # “160万” beside 万元 means the same unit
        return None if word else _money(number, magnitude + "元", item)
    power = MAGNITUDES[magnitude]
    return _scaled(number, power), say("hygiene.magnitude", word=magnitude)


def _money(number: Number, word: str, item: Item) -> tuple[Number, str]:
    if item.unit not in MONEY_WORDS:
        return number, say("hygiene.unit_unknown", word=word)
    shift = MONEY_WORDS[word] - MONEY_WORDS[item.unit]
    if not shift:
        return number, say("hygiene.unit_word", word=word)
    return _scaled(number, shift), say("hygiene.converted", word=word, unit=item.unit)


def _exact(text: str) -> Number:
    return _tidy(Decimal(text.replace(",", "")))


def _scaled(number: Number, power: int) -> Number:
    """``number × 10**power`` without the rounding of a decimal context."""
    sign, digits, exponent = Decimal(number).as_tuple()
    assert isinstance(exponent, int)
    return _tidy(Decimal((sign, digits, exponent + power)))


def _tidy(number: Decimal) -> Number:
    if number == number.to_integral_value():
        return int(number)
    return Decimal(f"{number:f}".rstrip("0"))
