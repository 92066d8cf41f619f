"""A figure in words: with its unit, and compared with another. None is told as what it is: not measured. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from threads.templatetags.answers import money

NOTHING = "–"
Say = Callable[[float | None], str]
Tone = Literal["good", "bad", ""]
_AGES = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def seconds(value: float | None) -> str:
    if value is None:
        return NOTHING
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 9.995:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value) // 60} min {int(value) % 60} s"


def share(value: float | None) -> str:
    """0 to 1, as a percentage."""
    if value is None:
        return NOTHING
    return f"{value:.2%}" if 0 < value < 0.0995 else f"{value:.1%}" if value else "0%"


def count(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if value < 1_000_000 else f"{value / 1e6:,.2f} M"


def rate(value: float | None) -> str:
    """Something a second."""
    if value is None:
        return NOTHING
    if 0 < value < 0.01:
        return "< 0.01"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def usd(value: float | Decimal | None) -> str:
    return NOTHING if value is None else money(Decimal(value))


def age(value: float) -> str:
    """In its largest unit: "12 s", "3 h"."""
    size, unit = next((one for one in _AGES if value >= one[0]), _AGES[-1])
    return f"{max(0, int(value)) // size} {unit}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def length(of: timedelta) -> str:
    """Of a period: "15 minutes", "24 hours", "7 days"."""
    whole = round(of.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if whole % size == 0 and whole >= size:
            return unit if whole == size else f"{whole // size:,} {unit}s"
    return "moment"


@dataclass(frozen=True, slots=True)
class Delta:
    """`text` compares with the period before; `tone` says whether that is better or worse, or "" for neither."""

    text: str
    tone: Tone = ""


def compared(now: float | None, before: float | None, say: Say, more: str, less: str, worse: str = "") -> Delta:
    """`more` and `less` are the words for it ("slower", "faster"); `worse` is the one of them that is."""
    if before is None:
        return Delta("nothing to compare with")
    if now is None:
        return Delta(f"{say(before)} before")
    if say(now) == say(before):
        return Delta(f"as before ({say(before)})")
    word = more if now > before else less
    tone: Tone = "" if not worse else "bad" if word == worse else "good"
    if not before:
        return Delta(f"{word}: {say(before)} before", tone)
    if now / before >= 3:
        return Delta(f"{now / before:.1f} times the {say(before)} before", tone)
    much = f"{abs(now - before) / before:.0%}"
    if much == "0%":
        return Delta(f"hardly {word} ({say(before)} before)")
    return Delta(f"{much} {word} ({say(before)} before)", tone)


def points(now: float | None, before: float | None) -> Delta:
    """Two shares, compared in percentage points: of failures, which should be few."""
    if now is None or before is None or share(now) == share(before):
        return compared(now, before, share, "more", "fewer")
    word = "more" if now > before else "fewer"
    text = f"{abs(now - before) * 100:.2f} points {word} ({share(before)} before)"
    return Delta(text, "bad" if now > before else "good")
