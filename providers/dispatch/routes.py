"""Which routes take a message, and why. Pure; what becomes of it is the router's affair."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from providers.dispatch.catalogue import RouteEntry
from providers.dispatch.intents import Reading, read
from providers.intents import INTENTS
from providers.patterns import LOOKED_AT

# A route looks at the beginning of a message only: enough to tell its subject, and a bound on the work.
CHARACTERS_LOOKED_AT = 4_000


class Said:
    """A message as routes look at it. What it wants is read once, when somebody asks."""

    def __init__(self, text: str) -> None:
        self._text = text[:CHARACTERS_LOOKED_AT]
        self._reading: Reading | None = None

    @property
    def reading(self) -> Reading:
        if self._reading is None:
            self._reading = read(self._text)
        return self._reading

    def taken_by(self, routes: Iterable[RouteEntry]) -> Iterator[tuple[RouteEntry, str]]:
        """Those of `routes` that take it, each with its reason."""
        for route in routes:
            if reason := self._sign(route):
                yield route, f"route {route.name}: {reason}"

    def _sign(self, route: RouteEntry) -> str:
        if route.always:
            return "takes every message"
        if route.intent:
            return self._intent_sign(route.intent)
        if route.pattern:
            return "the pattern fits" if _pattern(route.pattern).search(self._text[:LOOKED_AT]) else ""
        found = next((word for word in route.keywords if _word(word).search(self._text)), "")
        return f'the message says "{found}"' if found else ""

    def _intent_sign(self, intent: str) -> str:
        if self.reading.intent != intent:
            return ""
        signs = f" ({', '.join(self.reading.signs)})" if self.reading.signs else ""
        return f"the message is {INTENTS[intent]}{signs}"


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=4096)
def _word(word: str) -> re.Pattern[str]:
    """The word or words on their own: "news" is in "the news?" and not in "newspaper"."""
    words = r"\s+".join(re.escape(part) for part in word.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
