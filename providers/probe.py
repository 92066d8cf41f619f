"""One tiny call to see whether a deployment answers: what happens and when, as it happens. Stores nothing.

Knows adapters and events; neither rows nor pages.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import httpx

from providers import events
from providers.adapters.base import Adapter
from providers.errors import ProviderError
from providers.types import ChatRequest, Endpoint, Message

LIMIT = 30.0  # seconds for all of it
TICK = 1.0  # seconds between signs of waiting
_QUESTION = "Say hello in one word."
_SHOWN = 80  # characters of the first token: a provider that does not stream sends a whole answer

Kind = Literal["sent", "opened", "waiting", "token", "failed"]
_Outcome = events.Event | ProviderError | None


@dataclass(frozen=True, slots=True)
class Step:
    """`seconds` since the request; `token` and `failed` are the last. `text` is the token, or why there is none."""

    kind: Kind
    seconds: float
    text: str = ""


async def probe(
    adapter: Adapter,
    endpoint: Endpoint,
    upstream: str,
    client: httpx.AsyncClient,
    *,
    stream: bool = True,
    limit: float = LIMIT,
) -> AsyncGenerator[Step, None]:
    """Ask until the first token and hang up. Yields a step whenever something happens, and one each second.

    Closing the iterator closes the connection to the provider.
    """
    request = ChatRequest(upstream, (Message("user", _QUESTION),), stream=stream)
    answer: asyncio.Queue[_Outcome] = asyncio.Queue()
    reading = asyncio.create_task(_read(adapter.stream(request, endpoint, client), answer))
    begun = time.monotonic()
    try:
        yield Step("sent", 0.0)
        while (left := begun + limit - time.monotonic()) > 0:
            outcome: _Outcome | Literal["nothing yet"] = "nothing yet"
            with suppress(TimeoutError):
                async with asyncio.timeout(min(TICK, left)):
                    outcome = await answer.get()
            step = _step(outcome, time.monotonic() - begun)
            if step is not None:
                yield step
                if step.kind in {"token", "failed"}:
                    return
            if reading.done() and answer.empty():
                reading.result()  # nothing else may come out of an adapter: show the fault
        yield Step("failed", limit, f"No token came within {limit:g} s. A local model may still be loading: try again.")
    finally:
        reading.cancel()
        await asyncio.wait([reading])


async def _read(answer: AsyncGenerator[events.Event, None], into: asyncio.Queue[_Outcome]) -> None:
    """Ends with the call's error, or with None where it ended well."""
    try:
        async for event in answer:
            into.put_nowait(event)
        into.put_nowait(None)
    except ProviderError as error:
        into.put_nowait(error)
    finally:
        await answer.aclose()


def _step(outcome: object, seconds: float) -> Step | None:
    match outcome:
        case "nothing yet":
            return Step("waiting", seconds)
        case events.Opened():
            return Step("opened", seconds)
        case events.TextDelta(text) | events.ReasoningDelta(text) | events.RefusalDelta(text):
            return Step("token", seconds, text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + "…")
        case ProviderError():
            return Step("failed", seconds, str(outcome))
        case None:
            return Step("failed", seconds, "The answer ended without any text.")
        case _:
            return None
