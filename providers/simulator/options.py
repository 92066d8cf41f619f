"""What a model's name asks for: `PRESET` or `PRESET:name=value,name=value`. Owns the grammar and its words.

Knows which options there are and what they may be, not what is done with them. docs/simulator.md lists the same
options, presets and faults; a test compares the two.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from providers.simulator.beats import FinishReason
from providers.simulator.faults import FAULTS
from providers.simulator.texts import KINDS

USAGES = ("asked", "on", "late", "off")
FINISHES = ("stop", "length", "tool_calls", "content_filter")
REASONING_KEYS = ("reasoning_content", "reasoning", "reasoning_details", "openrouter", "parts", "think")
CITATION_KEYS = ("annotations", "citations", "search_results")
MOST_TOKENS = 1_000_000
LONGEST = 86_400.0  # seconds


class UnknownModelError(Exception):
    """No such preset. `str` says which there are."""


class BadOptionError(Exception):
    """An option that does not exist or has a value it cannot have. `str` says what is allowed."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault and after how many tokens it strikes (0 for one that has no place)."""

    name: str
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """Durations in seconds, rates in tokens per second, lengths in tokens. `rate` None is as fast as it goes."""

    ttft: float = 0.4
    tail: float = 0.0
    late: float = 0.0
    late_ttft: float = 5.0
    head: float = 0.0
    load: float = 0.0
    rate: float | None = 60.0
    tokens: int | None = None
    text: str = "readme"
    seed: int = 0
    reasoning: int = 0
    reasoning_key: str = "reasoning_content"
    citations: int = 0
    citations_key: str = "annotations"
    tools: int = 0
    finish: FinishReason | None = None
    usage: str = "asked"
    comments: float | None = None
    crlf: bool = False
    split: int | None = None  # 0 cuts inside characters only
    key: str = ""
    fault: Planned | None = None
    retry_after: float | None = None
    times: int | None = None
    chance: float = 1.0


PRESETS: dict[str, Options] = {
    "sim": Options(),
    "sim-fast": Options(ttft=0.05, rate=400.0),
    "sim-slow": Options(ttft=3.0, rate=8.0),
    "sim-instant": Options(ttft=0.0, rate=None),
    "sim-thinking": Options(reasoning=120),
    "sim-sources": Options(citations=3),
    "sim-code": Options(text="code"),
    "sim-unicode": Options(text="unicode"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """`read` turns the value into what `Options` holds, or raises ValueError; `allowed` says what it takes."""

    read: Callable[[str], Any]
    allowed: str


def _whole(least: int, most: int) -> Option:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(value)
        return int(value)

    return Option(read, f"a whole number from {least} to {most}")


def _number(least: float, most: float) -> Option:
    return Option(lambda value: _decimal(value, least, most), f"a number from {least:g} to {most:g}")


def _decimal(value: str, least: float, most: float) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) or not least <= float(value) <= most:
        raise ValueError(value)
    return float(value)


def _seconds(value: str) -> float:
    if not (match := re.fullmatch(r"([0-9.]+)(ms|s)", value)):
        raise ValueError(value)
    return _decimal(match[1], 0, LONGEST * 1000) * (0.001 if match[2] == "ms" else 1)


def _positive_seconds(value: str) -> float:
    if not (seconds := _seconds(value)):
        raise ValueError(value)
    return seconds


def _rate(value: str) -> float | None:
    return None if value == "max" else _decimal(value, 0.01, 1_000_000)


def _one_of(words: tuple[str, ...]) -> Option:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(value)
        return value

    return Option(read, ", ".join(words))


def _on_off(value: str) -> bool:
    return {"on": True, "off": False}[value]


def _split(value: str) -> int:
    return 0 if value == "utf8" else int(_decimal(value, 1, 65_536))


def _key(value: str) -> str:
    if not value:
        raise ValueError(value)
    return value


def _fault(value: str) -> Planned:
    name, at, tokens = value.partition("@")
    fault = FAULTS[name]
    if fault.placed != bool(at):
        raise ValueError(value)
    return Planned(name, _whole(0, MOST_TOKENS).read(tokens) if at else 0)


_DURATION = "a duration such as 300ms or 1.5s"
OPTIONS: dict[str, Option] = {
    "ttft": Option(_seconds, _DURATION),
    "tail": _number(0, 3),
    "late": _number(0, 1),
    "late-ttft": Option(_seconds, _DURATION),
    "head": Option(_seconds, _DURATION),
    "load": Option(_seconds, _DURATION),
    "rate": Option(_rate, "tokens per second from 0.01 to 1000000, or max"),
    "tokens": _whole(1, MOST_TOKENS),
    "text": _one_of(KINDS),
    "seed": _whole(0, 999_999_999),
    "reasoning": _whole(0, MOST_TOKENS),
    "reasoning-key": _one_of(REASONING_KEYS),
    "citations": _whole(0, 100),
    "citations-key": _one_of(CITATION_KEYS),
    "tools": _whole(0, 16),
    "finish": _one_of(FINISHES),
    "usage": _one_of(USAGES),
    "comments": Option(_positive_seconds, _DURATION + ", more than 0"),
    "crlf": Option(_on_off, "on, off"),
    "split": Option(_split, "utf8, or a number of bytes from 1 to 65536"),
    "key": Option(_key, "the key that is demanded, without a comma"),
    "fault": Option(_fault, ", ".join(f"{name}@TOKENS" if fault.placed else name for name, fault in FAULTS.items())),
    "retry-after": _number(0, LONGEST),
    "times": _whole(1, 999_999_999),
    "chance": _number(0, 1),
}


def read(model: str) -> Options:
    """The options that a model's name stands for. Raises `UnknownModelError` or `BadOptionError`."""
    preset, _, rest = model.partition(":")
    if preset not in PRESETS:
        raise UnknownModelError(f"The model `{model}` does not exist. The simulator has: {', '.join(PRESETS)}.")
    options: dict[str, Any] = {}
    for part in rest.split(",") if rest else []:
        name, _, value = (word.strip() for word in part.partition("="))
        if name not in OPTIONS:
            raise BadOptionError(f"Unknown option `{name}` in the model's name. Use some of: {', '.join(OPTIONS)}.")
        if name in options:
            raise BadOptionError(f"Option `{name}` is given twice in the model's name.")
        try:
            options[name] = OPTIONS[name].read(value)
        except (ValueError, KeyError):
            raise BadOptionError(f"Option `{name}={value}` in the model's name: use {OPTIONS[name].allowed}.") from None
    return replace(PRESETS[preset], **{name.replace("-", "_"): value for name, value in options.items()})
