"""Whether a regular expression is quick on any text: Python's engine has no time limit, and holds up its process.

Walks the tree of the very parser that `re` uses, from right to left, and adds up how many steps the engine could take
on the worst text. Cautious: where it cannot tell, it counts what would be the worst. Knows no Django and no route.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import _parser  # type: ignore[attr-defined]  # what `re` reads patterns with; it has no public name
from typing import Any

LOOKED_AT = 2_000  # characters of a message that patterns are tried on
MOST_STEPS = 30_000_000  # some tenths of a second at the very worst
_BEYOND = 10.0**18  # no need to know how far


class TooSlow(ValueError):
    """The pattern could take very long. `str()` says what to write instead."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What follows a place in the pattern. `steps` to try it there and fail; `runs`: besides, once along the text.

    `first` are the sample characters it may begin with; None: any. `sure`: it cannot fail. `literal`: it begins with
    these very characters, and takes `beyond` steps after them.
    """

    steps: float = 0.0
    runs: bool = False
    first: frozenset[str] | None = frozenset()
    sure: bool = False
    literal: str = ""
    beyond: float = 0.0

    @property
    def all_steps(self) -> float:
        return self.steps + (LOOKED_AT if self.runs else 0)

    def tries(self, places: float) -> float:
        """Steps to try it at so many places, one beside the other: a literal fits at few of them."""
        if not self.literal:
            return places * self.all_steps
        return places * len(self.literal) + places / _period(self.literal) * self.beyond


_END = _Rest(sure=True)


def check_quick(pattern: str) -> None:
    """Raises TooSlow, or what `re.compile` raises where it is no pattern at all."""
    re.compile(pattern)
    tree = _parser.parse(pattern)
    if _Walk(_samples(tree)).sequence(tree, _END).tries(LOOKED_AT) > MOST_STEPS:
        raise TooSlow(
            "This pattern could take very long on some messages. Bound its repetitions, as in .{0,40} in place of .*, "
            "and put none inside another, as in (a+)+."
        )


class _Walk:
    """`samples` stand for all characters: everything the pattern names, and some of every kind."""

    def __init__(self, samples: frozenset[str]) -> None:
        self._samples = samples
        self._readers: dict[str, Callable[[Any, _Rest], _Rest]] = {
            "SUBPATTERN": lambda value, rest: self.sequence(value[-1], rest),
            "BRANCH": lambda value, rest: self._branch(value[1], rest),
            "MAX_REPEAT": self._repeat,
            "MIN_REPEAT": self._repeat,
            "POSSESSIVE_REPEAT": self._repeat,
            "AT": lambda _, rest: _Rest(rest.steps + 1, rest.runs, rest.first),
            "ASSERT": lambda value, rest: self._aside(value[1], rest),
            "ASSERT_NOT": lambda value, rest: self._aside(value[1], rest),
            "ATOMIC_GROUP": self._aside,
            "GROUPREF_EXISTS": lambda value, rest: self._branch([value[1], value[2] or []], rest),
        }

    def sequence(self, items: Iterable[Any], rest: _Rest) -> _Rest:
        for kind, value in reversed(list(items)):
            if (characters := self._characters(kind, value)) is not None:
                literal = chr(value) + rest.literal if str(kind) == "LITERAL" else ""
                beyond = rest.beyond if rest.literal else rest.all_steps
                rest = _Rest(rest.steps + 1, rest.runs, characters, literal=literal, beyond=beyond)
            elif reader := self._readers.get(str(kind)):
                rest = reader(value, rest)
            else:  # a reference to a group may be as long as the text
                rest = _Rest(rest.steps + 1, runs=True, first=None)
        return rest

    def _branch(self, ways: Iterable[Any], rest: _Rest) -> _Rest:
        read = [self.sequence(way, rest) for way in ways]
        firsts = _union(one.first for one in read)
        # At one place only those ways cost anything that can begin with the character there.
        anywhere = sum(one.steps for one in read if one.first is None)
        starts = [sum(one.steps for one in read if one.first and sample in one.first) for sample in self._samples]
        return _Rest(anywhere + max(starts) + len(read), any(o.runs for o in read), firsts, all(o.sure for o in read))

    def _aside(self, items: Any, rest: _Rest) -> _Rest:
        """What is tried once and never again: looking ahead or behind, an atomic group."""
        inside = self.sequence(items, _Rest(first=None))
        return _Rest(inside.steps + rest.steps, inside.runs or rest.runs, None)

    def _repeat(self, value: Any, rest: _Rest) -> _Rest:
        least, most, items = value
        if most == 1 and least == 0:
            return self._branch([items, []], rest)
        most = min(int(most), LOOKED_AT)
        once = self.sequence(items, _Rest(first=None))
        body = self._one_character(items)
        if rest.sure and least == 0:  # it is come to once, and ends the search
            return _Rest(rest.steps + (1 if body else min(once.all_steps * most, _BEYOND)), rest.runs, sure=True)
        if body is None and (ways := self._ways(items)) > 1:
            steps = ways**most * (once.all_steps + rest.all_steps) if ways < 100 and most < 9 else _BEYOND
            return _Rest(steps, runs=True, first=None)
        first = once.first if least else _union([once.first, rest.first])
        # Giving a character back helps only where what follows could begin there.
        gives_back = body is None or rest.first is None or bool(body & rest.first)
        steps = (rest.tries(most - least + 1) if gives_back else rest.steps) + once.steps
        endless = most == LOOKED_AT
        return _Rest(min(steps + (0 if endless else most), _BEYOND), endless or rest.runs, first)

    def _ways(self, items: Any) -> float:
        """In how many ways a sequence may fit one text; 1 where there is never a choice."""
        ways = 1.0
        for at, (kind, value) in enumerate(items):
            name = str(kind)
            if name == "SUBPATTERN":
                ways *= self._ways(value[-1])
            elif name == "BRANCH":
                firsts = [self.sequence(way, _Rest(first=None)).first for way in value[1]]
                each = [self._ways(way) for way in value[1]]
                ways *= max(each) if _disjoint(firsts) else sum(each)
            elif name.endswith("_REPEAT"):
                after = self.sequence(list(items)[at + 1 :], _Rest(first=None)).first
                ways *= self._ways_of_repeat(value, after)
        return min(ways, _BEYOND)

    def _ways_of_repeat(self, value: Any, after: frozenset[str] | None) -> float:
        least, most, items = value
        inside = self._ways(items)
        if inside > 1:
            return inside**most if inside < 100 and most < 9 else _BEYOND
        if least == most or _disjoint([self._one_character(items), after]):
            return 1
        return _BEYOND if most > LOOKED_AT else float(int(most) - least + 1)

    def _one_character(self, items: Any) -> frozenset[str] | None:
        return self._characters(*items[0]) if len(items) == 1 else None

    def _characters(self, kind: Any, value: Any) -> frozenset[str] | None:
        """Those of the samples that fit an item of one character, in either case; None: it is no such item."""
        fits = _FITS.get(str(kind))
        if fits is None:
            return None
        return frozenset(one for one in self._samples if fits(value, one.lower()) or fits(value, one.upper()))


def _period(text: str) -> int:
    """After how many characters it can stand again: 3 for "foo", 1 for "aaa", 2 for "abab"."""
    return next(step for step in range(1, len(text) + 1) if text[step:] == text[: len(text) - step])


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    union: frozenset[str] = frozenset()
    for one in sets:
        if one is None:
            return None
        union |= one
    return union


def _disjoint(sets: list[frozenset[str] | None]) -> bool:
    known = [one for one in sets if one is not None]
    return len(known) == len(sets) and len(frozenset[str]().union(*known)) == sum(map(len, known))


def _in(items: Iterable[Any], character: str) -> bool:
    negated, found = False, False
    for kind, value in items:
        name = str(kind)
        if name == "NEGATE":
            negated = True
        elif name == "RANGE":
            found = found or value[0] <= ord(character[0]) <= value[1]
        elif name == "CATEGORY":
            found = found or _category(value, character)
        else:
            found = found or value == ord(character[0])
    return found is not negated


def _category(name: Any, character: str) -> bool:
    kind = str(name).removeprefix("CATEGORY_").removeprefix("UNI_")
    wanted = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[kind.removeprefix("NOT_")]
    return (re.fullmatch(wanted, character[0]) is not None) is not kind.startswith("NOT_")


_FITS: dict[str, Callable[[Any, str], bool]] = {
    "LITERAL": lambda value, character: value == ord(character[0]),
    "NOT_LITERAL": lambda value, character: value != ord(character[0]),
    "ANY": lambda _value, _character: True,
    "IN": _in,
}
_USUAL = frozenset(map(chr, range(32, 127))) | frozenset("\n\t\r\u00a0éÄßñøæ0٣あ漢Жж한🙂\u3000")


def _samples(tree: Any) -> frozenset[str]:
    """The usual characters, and every one that the pattern names or that ends one of its ranges."""
    named: set[str] = set()

    def collect(part: Any) -> None:
        if isinstance(part, int) and 0 <= part < 0x110000:
            named.add(chr(part))
        elif isinstance(part, list | tuple | _parser.SubPattern):
            for one in part:
                collect(one)

    collect(tree)
    return _USUAL | named
