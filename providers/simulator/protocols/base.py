"""What a wire format is to the simulator. A new one is a file beside this one and its lines in `ROUTES`.

A wire format reads a request into an `Ask` and writes beats as bytes. It knows neither faults nor time, and shares no
code with the adapters: it is written from the vendor's description, so that the two check each other.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from providers.simulator.beats import Ask, Failure, Said, Source
from providers.simulator.memory import Resident
from providers.simulator.options import Options


class UnreadableError(Exception):
    """The request is not what the format asks for; `failure` says what is wrong."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def _invalid(message: str) -> Failure:
    return Failure(400, "invalid", message)


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` have lower-case names; `match` holds the named groups of the route's pattern."""

    method: str
    path: str
    headers: dict[str, str]
    match: dict[str, str]
    body: bytes
    query: str = ""

    def json(self) -> dict[str, Any]:
        """The body's JSON object. Raises `UnreadableError` for anything else."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise UnreadableError(_invalid("The body could not be parsed: send one JSON object.")) from None
        if not isinstance(value, dict):
            raise UnreadableError(_invalid("The body must be a JSON object."))
        return value


@dataclass(frozen=True, slots=True)
class About:
    """What every event of one answer repeats. `options` are read for the dialect alone."""

    id: int
    model: str
    created: int  # seconds since 1970
    sources: tuple[Source, ...]
    options: Options
    prompt_tokens: int = 0
    form: str = ""  # as in `Ask`


class Writer(Protocol):
    """Writes one streamed answer; may remember what it has written."""

    content_type: str

    def write(self, beat: Said) -> bytes:
        """The beat's bytes; empty where the format has no word for it."""
        ...

    def comment(self) -> bytes:
        """A sign of life that carries nothing; empty where the format has none."""
        ...


class WireFormat(Protocol):
    def read(self, request: Request) -> Ask:
        """Raises `UnreadableError`."""
        ...

    def writer(self, about: About) -> Writer: ...

    def whole(self, about: About, said: Sequence[Said]) -> bytes:
        """The same beats as one JSON body."""
        ...

    def refusal(self, failure: Failure) -> bytes:
        """The JSON body of an HTTP error."""
        ...

    def models(self, names: Iterable[str]) -> bytes:
        """The JSON body of the list of models."""
        ...


@runtime_checkable
class HeadsRefusals(Protocol):
    """A wire format whose refusals have other headers than `retry-after` in seconds, or none."""

    def refusal_headers(self, failure: Failure) -> list[tuple[str, str]]: ...


@runtime_checkable
class NumbersRefusals(Protocol):
    """A wire format that tells some refusals under another status than `Failure.status`."""

    def refusal_status(self, failure: Failure) -> int: ...


# The JSON body of something else that a server tells about itself, given the models in its memory. Raises
# `UnreadableError`.
Tell = Callable[[Request, Sequence[Resident]], bytes]
