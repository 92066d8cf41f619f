"""What can go wrong with an answer, as data. Every fault is a pure change of a script; none knows a wire format.

`FAULTS` is the whole list; docs/simulator.md describes each of them under the same name.
"""

from collections.abc import Callable
from dataclasses import dataclass

from providers.simulator.beats import (
    Answer,
    Beat,
    End,
    Failure,
    Garbage,
    HangUp,
    Mute,
    Page,
    Refuse,
    Script,
    Silence,
    Trouble,
)

# Name -> (HTTP status, what the error says). The wire format gives each its own type and code.
FAILURES: dict[str, tuple[int, str]] = {
    "400": (400, "The request was refused: simulated bad request."),
    "401": (401, "Incorrect API key provided: simulated. Check the key of this provider."),
    "402": (402, "Insufficient credits: simulated. Add credits and try again."),
    "403": (403, "This key may not use this model: simulated."),
    "404": (404, "The model does not exist or you do not have access to it: simulated."),
    "408": (408, "The request timed out at the provider: simulated."),
    "413": (413, "The request is too large: simulated."),
    "422": (422, "The request could not be processed: simulated."),
    "429": (429, "Rate limit reached: simulated. Slow down and try again."),
    "500": (500, "The server had an error: simulated."),
    "502": (502, "The upstream provider failed: simulated."),
    "503": (503, "The server is overloaded: simulated."),
    "504": (504, "The upstream provider did not answer in time: simulated."),
    "529": (529, "Overloaded: simulated."),
    "quota": (429, "You exceeded your current quota: simulated. Check plan and billing."),
    "context": (400, "The conversation is longer than this model's context window: simulated."),
    "filter": (400, "The prompt was refused by the content filter: simulated."),
    "loading": (503, "Loading model"),
}

_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>"
    b"<body><h1>Bad gateway</h1><p>A simulated proxy stands in the way.</p></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`spoil(script, tokens, retry_after)` gives the spoilt script. `placed`: happens after a number of tokens."""

    spoil: Callable[[Script, int, float | None], Script]
    placed: bool = False


def failure_named(name: str, retry_after: float | None = None) -> Failure:
    status, message = FAILURES[name]
    return Failure(status, name, message, retry_after=retry_after)


def _refusal(name: str) -> Fault:
    def spoil(script: Script, _tokens: int, retry_after: float | None) -> Script:
        return script.spoil(beats=(), beginning=Refuse(failure_named(name, retry_after)))

    return Fault(spoil)


def _page(status: int, content_type: str, body: bytes) -> Fault:
    return Fault(lambda script, _n, _after: script.spoil(beats=(), beginning=Page(status, content_type, body)))


def _ends_with(*beats: Beat) -> Fault:
    """The answer breaks off after n tokens, and these beats are all that follows."""

    def spoil(script: Script, tokens: int, _after: float | None) -> Script:
        place = script.place_of(tokens)
        due = _due(script, place)
        return script.spoil(beats=(*script.beats[:place], *((due, beat) for beat in beats)))

    return Fault(spoil, placed=True)


def _interrupted_by(beat: Beat) -> Fault:
    """The beat comes after n tokens and the answer goes on."""

    def spoil(script: Script, tokens: int, _after: float | None) -> Script:
        place = script.place_of(tokens)
        return script.spoil(beats=(*script.beats[:place], (_due(script, place), beat), *script.beats[place:]))

    return Fault(spoil, placed=True)


def _due(script: Script, place: int) -> float:
    if place < len(script.beats):
        return script.beats[place][0]
    return script.beats[-1][0] if script.beats else script.head_at


def _never(script: Script, _tokens: int, _after: float | None) -> Script:
    return script.spoil(beats=((script.head_at, Silence()),), beginning=Answer())


def _mute(script: Script, _tokens: int, _after: float | None) -> Script:
    return script.spoil(beats=(), beginning=Mute())


_MIDWAY = Trouble(failure_named("500"))

FAULTS: dict[str, Fault] = {
    **{name: _refusal(name) for name in FAILURES},
    "html": _page(200, "text/html; charset=utf-8", _PAGE),
    "html-502": _page(502, "text/html; charset=utf-8", _PAGE),
    "empty": _page(200, "text/event-stream", b""),
    "silent": Fault(_never),
    "no-head": Fault(_mute),
    "stall": _ends_with(Silence()),
    "rst": _ends_with(HangUp(reset=True)),
    "drop": _ends_with(HangUp(reset=False)),
    "cut": _ends_with(),
    "error": _ends_with(_MIDWAY),
    "done-after-error": _ends_with(_MIDWAY, End()),
    "bad-json": _interrupted_by(Garbage()),
}
