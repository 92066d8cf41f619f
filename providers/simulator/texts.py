"""What the simulator says. Owns the texts and their length; knows neither wire formats nor timing.

A text depends on its kind, the prompt and the seed alone. A longer one begins with the shorter one, and two models
that differ only in speed or faults say the same, so one can continue what the other began.
"""

import random
from collections.abc import Callable, Iterator
from itertools import chain, islice, repeat
from pathlib import Path

from providers.simulator.beats import Source
from providers.simulator.tokens import tokenise

_QUOTED = 160  # characters of the question that are repeated
_SENTENCES = 20  # of a lorem text, where no length is asked for

_FOLDER = Path(__file__).parent / "answers"
_WELCOME, _CODE, _UNICODE, _THINKING = (
    (_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip() for name in ("welcome", "code", "unicode", "thinking")
)
_SYLLABLES = tuple(first + vowel for first in "bdfghklmnprst" for vowel in "aeio")

# The text once, and what is said after it where a longer one is asked for: it never ends.
_Telling = tuple[str, Iterator[str]]


def _quote(prompt: str) -> str:
    words = " ".join(prompt.split())
    if not words:
        return "> You asked nothing."
    return f"> You asked: {words if len(words) <= _QUOTED else words[:_QUOTED] + '…'}"


def _told(page: str) -> Callable[[str, int], _Telling]:
    return lambda prompt, _seed: (f"{_quote(prompt)}\n\n{page}", repeat(f"\n\n{page}"))


def _echo(prompt: str, _seed: int) -> _Telling:
    text = prompt or "(nothing was asked)"
    return text, repeat(f"\n\n{text}")


def _lorem(prompt: str, seed: int) -> _Telling:
    """Sentences of invented words, ever new, the same for the same prompt and seed."""
    sentences = _sentences(random.Random(f"{seed}\0{prompt}"))  # noqa: S311 - not a secret
    return "".join(islice(sentences, _SENTENCES)), sentences


def _sentences(chance: random.Random) -> Iterator[str]:
    gap = ""
    while True:
        words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 3))) for _ in range(chance.randint(4, 14))]
        yield gap + " ".join(words).capitalize() + chance.choice("...?!")
        gap = "\n\n" if chance.random() < 0.15 else " "


_KINDS: dict[str, Callable[[str, int], _Telling]] = {
    "readme": _told(_WELCOME),
    "code": _told(_CODE),
    "unicode": _told(_UNICODE),
    "echo": _echo,
    "lorem": _lorem,
}
KINDS = tuple(_KINDS)


def say(kind: str, prompt: str, seed: int, length: int | None) -> tuple[str, ...]:
    """The answer's tokens: exactly `length` of them, or the text once where that is None."""
    once, more = _KINDS[kind](prompt, seed)
    if length is None:
        return tokenise(once)
    return tuple(islice(_pieces(once, more), length))


def think(length: int) -> tuple[str, ...]:
    """That many tokens of reasoning."""
    return tuple(islice(_pieces(_THINKING, repeat(f"\n\n{_THINKING}")), length))


def _pieces(once: str, more: Iterator[str]) -> Iterator[str]:
    return chain.from_iterable(tokenise(part) for part in chain([once], more))


def continued(tokens: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    """What is left to say after `prefix`; everything, where the answer does not begin with it."""
    text = "".join(tokens)
    return tokenise(text[len(prefix) :]) if prefix and text.startswith(prefix) else tokens


def sources(number: int) -> tuple[Source, ...]:
    return tuple(Source(f"https://example.org/source/{n}", f"Simulated source {n}") for n in range(1, number + 1))
