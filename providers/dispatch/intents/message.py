"""A message as the scorer sees it: its tokens, the cues that count in them, and where it says what it wants.

Two things keep a message that mentions something apart from one that wants it. A head ("write a poem …") makes what
follows it a subject; a text that is brought along ("Translate: …") is not the person's own wish at all. What a "no" or
"without" takes back is dropped here.
"""

from dataclasses import dataclass
from functools import cached_property

from providers.dispatch.intents.cues import LATIN, TABLES
from providers.dispatch.intents.language import language_of
from providers.dispatch.intents.lexicon import Hit, Lexicon
from providers.dispatch.intents.tokens import (
    BOUNDARIES,
    COLON,
    MENTIONED,
    STOP,
    excerpt,
    is_unspaced,
    length,
    tokens_of,
)

GENERAL = "general"  # letters, and work on a text: no intent of its own, but a wish
BEGINNING = 5  # tokens: "a short horror story about …" names what it wants at once
_REACH_OF_MAKE = 7  # tokens from "write" to "poem"
_REACH_OF_VERB = 3  # from "Gedicht" to "schreiben"
_REACH_OF_NOT = 5
_LONG = 40  # tokens: a wish at the end of so much text is about that text
_LEXICON = Lexicon(TABLES)
_HEADS = {
    **dict.fromkeys(("verse", "creative", "playful"), "creative"),
    "artefact": "code",
    **dict.fromkeys(("letter", "handle"), GENERAL),
}


@dataclass(frozen=True, slots=True)
class Head:
    """What a message wants made, or done; from `at` on, other cues belong to its subject."""

    intent: str
    at: int


@dataclass(frozen=True)
class Message:
    """`text` is the excerpt that is looked at; `hits` are in the order of the text."""

    text: str
    tokens: tuple[str, ...]
    language: str
    hits: tuple[Hit, ...]

    @classmethod
    def of(cls, text: str) -> "Message":
        text = excerpt(text)
        tokens = tokens_of(text)
        language = language_of(text, tokens)
        others = LATIN - {language, "english"} if language else frozenset()
        hits = _LEXICON.hits(tokens, others)
        if _mask_names(tokens, hits):
            hits = _LEXICON.hits(tokens, others)
        hits = _wanted(sorted(hits, key=lambda hit: (hit.at, -hit.end)), tokens)
        return cls(text, tuple(tokens), language, tuple(hits))

    @cached_property
    def words(self) -> float:
        return length(self.tokens)

    @cached_property
    def sentences(self) -> int:
        return self.tokens.count(STOP)

    @cached_property
    def explained(self) -> bool:
        """It asks why, or how something comes about: the state of it today is not asked for."""
        return self._begins("why")

    @cached_property
    def how(self) -> bool:
        """It asks why or how to: "how do I write a good poem" wants no poem, and no single fact."""
        return self.explained or self._begins("how")

    @cached_property
    def head(self) -> Head | None:
        """The first place where something is wanted to be made, or done with a text."""
        makes = [hit for hit in self.hits if hit.kind == "make"]
        asks = any(hit.at == 0 and hit.kind in {"ask", "work", "handle"} for hit in self.hits)
        for hit in self.hits:
            intent = _HEADS.get(hit.kind)
            if intent is None or (intent == "creative" and (self.how or self._is_compound(hit))):
                continue
            named = (
                intent == "creative"
                and hit.kind != "playful"
                and hit.at <= _reach_in(self.tokens, hit.at, BEGINNING)
                and not asks
            )
            if hit.kind == "handle" or named or any(_makes(make, hit, self.tokens) for make in makes):
                return Head(intent, hit.at)
        return None

    @cached_property
    def brought(self) -> range:
        """The places of a text to be worked on: after the colon, or before a wish that stands at the end."""
        at = next((hit.at for hit in self.hits if hit.kind == "handle"), None)
        if at is None:
            return range(0)
        if len(self.tokens) > _LONG and at > 0.7 * len(self.tokens):
            return range(at)
        colon = next((place for place in range(at, len(self.tokens)) if self.tokens[place] == COLON), len(self.tokens))
        return range(colon, len(self.tokens))

    def _begins(self, kind: str) -> bool:
        return any(hit.kind == kind and (hit.at <= 1 or is_unspaced(self.tokens[hit.at])) for hit in self.hits)

    def _is_compound(self, verse: Hit) -> bool:
        """A "poem generator" is a program, not a poem."""
        return any(hit.kind == "artefact" and hit.at == verse.end for hit in self.hits)


def _mask_names(tokens: list[str], hits: list[Hit]) -> bool:
    """Whether `tokens` changed: the word after "the word" and the like is only mentioned."""
    places = [hit.end for hit in hits if hit.kind == "names" and hit.end < len(tokens)]
    places = [at for at in places if tokens[at] not in BOUNDARIES]
    for at in places:
        tokens[at] = MENTIONED
    return bool(places)


def _wanted(hits: list[Hit], tokens: list[str]) -> list[Hit]:
    reaches = [(hit.at, _reach(tokens, hit.end)) for hit in hits if hit.kind == "not"]
    return [hit for hit in hits if not any(at < hit.at < end for at, end in reaches)] if reaches else hits


def _reach(tokens: list[str], start: int) -> int:
    end = start
    while end < len(tokens) and end - start < _REACH_OF_NOT and tokens[end] not in BOUNDARIES:
        end += 1
    return end


def _reach_in(tokens: tuple[str, ...], at: int, words: int) -> int:
    """`words` in tokens: where no spaces are written a word takes about two."""
    return words * 2 if is_unspaced(tokens[at]) else words


def _makes(make: Hit, what: Hit, tokens: tuple[str, ...]) -> bool:
    """Whether the verb belongs to the thing, before it ("write me a poem") or after it ("ein Gedicht schreiben")."""
    if make.at <= what.at:
        reach = _reach_in(tokens, make.at, _REACH_OF_MAKE)
        return what.at - make.end <= reach and STOP not in tokens[make.at : what.at]
    reach = _reach_in(tokens, make.at, _REACH_OF_VERB)
    return make.at - what.end <= reach and BOUNDARIES.isdisjoint(tokens[what.end : make.at])
