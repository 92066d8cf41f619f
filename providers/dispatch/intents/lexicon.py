"""Finds cues in tokens: phrases of one or more words, each of a kind and a weight. Knows no intent and no language."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from providers.dispatch.intents.tokens import tokens_of

# (kind, weight) -> phrases, parted by "|". A "*" at the end of a phrase stands for any ending of its last word, one
# at the beginning of a word for any beginning: German writes a birthday poem as one word.
Table = Mapping[tuple[str, float], str]

# What a plural ends with, and what the word may end with then: "odes", "Oden", "estrofes", "strofe", "racconti".
_ENDINGS = (("s", ("",)), ("es", ("",)), ("n", ("",)), ("en", ("",)), ("e", ("", "a")), ("i", ("o", "e", "")))
_LONG_ENOUGH = 5  # shorter words become others


@dataclass(frozen=True, slots=True)
class Hit:
    """`at` and `end` are places among the tokens."""

    kind: str
    weight: float
    phrase: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class _Cue:
    table: str
    kind: str
    weight: float
    phrase: str
    words: tuple[str, ...]
    stem: bool  # the last word may go on

    def fits(self, tokens: list[str], at: int) -> bool:
        """Whether all but the first word, which has been looked up, stand there too."""
        end = at + len(self.words)
        if not self.stem:
            return tuple(tokens[at + 1 : end]) == self.words[1:]
        return (
            end <= len(tokens)
            and tuple(tokens[at + 1 : end - 1]) == self.words[1:-1]
            and tokens[end - 1].startswith(self.words[-1])
        )


class Lexicon:
    """Looks cues up by their first two words, so that a message costs as much as it has words, however many cues there
    are. Words with an open end or beginning are looked up by the part that is known."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._alone: dict[str, list[_Cue]] = defaultdict(list)
        self._pairs: dict[tuple[str, str], list[_Cue]] = defaultdict(list)
        self._open_pairs: dict[str, list[_Cue]] = defaultdict(list)  # the second word is the beginning of one
        self._stems: dict[str, list[_Cue]] = defaultdict(list)
        self._tails: dict[str, list[_Cue]] = defaultdict(list)
        for name, table in tables.items():
            for (kind, weight), phrases in table.items():
                for phrase in phrases.split("|"):
                    self._add(name, kind, weight, " ".join(phrase.split()))
        self._stem_lengths = sorted({len(stem) for stem in self._stems})
        self._tail_lengths = sorted({len(tail) for tail in self._tails})

    def hits(self, tokens: list[str], without: frozenset[str] = frozenset()) -> list[Hit]:
        """Of each kind the longest phrase at a place; a phrase inside a longer one of its kind does not count.

        `without` names tables to leave out.
        """
        covered: dict[str, int] = {}
        hits: list[Hit] = []
        for at, token in enumerate(tokens):
            longest: dict[str, _Cue] = {}
            for cue in self._cues_at(token, tokens[at + 1] if at + 1 < len(tokens) else ""):
                known = longest.get(cue.kind)
                longer = known is None or len(cue.words) > len(known.words)
                if longer and cue.table not in without and (len(cue.words) == 1 or cue.fits(tokens, at)):
                    longest[cue.kind] = cue
            for kind, cue in longest.items():
                end = at + len(cue.words)
                if end > covered.get(kind, 0):
                    covered[kind] = end
                    hits.append(Hit(kind, cue.weight, cue.phrase, at, end))
        return hits

    def _add(self, name: str, kind: str, weight: float, phrase: str) -> None:
        stem, tail = phrase.endswith("*"), phrase.startswith("*")
        cue = _Cue(name, kind, weight, phrase.strip("*"), tuple(tokens_of(phrase.strip("*"))), stem)
        first = cue.words[0]
        if len(cue.words) == 1:
            (self._tails if tail else self._stems if stem else self._alone)[first].append(cue)
        elif stem and len(cue.words) == 2:
            self._open_pairs[first].append(cue)
        else:
            self._pairs[first, cue.words[1]].append(cue)

    def _inflected(self, token: str) -> Iterator[_Cue]:
        """Cues of which `token` may be the plural, in the languages in Latin letters."""
        if len(token) >= _LONG_ENOUGH:
            for ending, others in _ENDINGS:
                if token.endswith(ending):
                    stem = token[: -len(ending)]
                    for other in others:
                        yield from self._alone.get(stem + other, ())

    def _cues_at(self, token: str, following: str) -> Iterator[_Cue]:
        yield from self._alone.get(token) or self._inflected(token)
        yield from self._pairs.get((token, following), ())
        yield from self._open_pairs.get(token, ())
        length = len(token)
        for part in self._stem_lengths:
            if part > length:
                break
            yield from self._stems.get(token[:part], ())
        for part in self._tail_lengths:
            if part > length:
                break
            yield from self._tails.get(token[-part:], ())
