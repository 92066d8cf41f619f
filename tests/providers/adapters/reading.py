"""What the tests of adapters share: events folded to a result, bytes cut in two, the recordings' place."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from providers.adapters import openai_chat
from providers.adapters.decoding import Decoder
from providers.errors import ProviderError
from providers.events import (
    Citation,
    Event,
    Finish,
    KeepAlive,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from providers.types import Endpoint

FIXTURES = Path(__file__).parent / "fixtures"
RECORDINGS = Path(__file__).parents[4] / "shared" / "transcripts"
REPLAY = RECORDINGS.parent / "tools" / "replay.py"
ENDPOINT = Endpoint("Acme", "http://acme.test/v1", api_key="k-123456789")


@dataclass
class Result:
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tools: list[list[str]] = field(default_factory=list)
    citations: list[str] = field(default_factory=list)
    usage: list[Any] | None = None
    finish: str | None = None
    failure: str | None = None


def folded(events: Iterable[Event], failure: ProviderError | None = None) -> Result:
    """The result of a stream, holding it to the promises that `providers.events` makes."""
    result = Result(failure=failure.kind if failure else None)
    for event in events:
        assert result.finish is None, f"{event} after the Finish"
        match event:
            case TextDelta(text):
                assert text
                result.text += text
            case ReasoningDelta(text):
                assert text
                result.reasoning += text
            case RefusalDelta(text):
                assert text
                result.refusal += text
            case ToolCallDelta(index, told_id, name, arguments):
                if index == len(result.tools):
                    result.tools.append(["", "", ""])
                call = result.tools[index]
                assert not (told_id and call[0])
                assert not (name and call[1])
                result.tools[index] = [call[0] + told_id, call[1] + name, call[2] + arguments]
            case Citation(url):
                assert url not in result.citations
                result.citations.append(url)
            case Usage():
                result.usage = list(astuple(event))
            case Finish(reason):
                result.finish = reason
            case _:
                pass
    assert (result.finish is None) == (failure is not None), "a Finish or a failure, never both, never neither"
    return result


def without_keep_alives(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if not isinstance(event, KeepAlive)]


def decode(
    parts: Sequence[bytes],
    content_type: str = "",
    make: Callable[[Endpoint, str], Decoder] = openai_chat.decoder,
) -> tuple[list[Event], ProviderError | None]:
    """What the decoder makes of the parts, used as an adapter uses it."""
    decoder = make(ENDPOINT, content_type)
    events: list[Event] = []
    for part in parts:
        events += decoder.feed(part)
        if decoder.ended:
            break
    events += decoder.close()
    return events, decoder.failure


async def gathered(stream: AsyncIterator[Event]) -> tuple[list[Event], ProviderError | None]:
    events: list[Event] = []
    try:
        async for event in stream:
            events.append(event)  # noqa: PERF401 - what came before an error counts
    except ProviderError as error:
        return events, error
    return events, None


def expected_fixtures() -> dict[str, Result]:
    table = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
    return {name: Result(**expected) for name, expected in table.items()}
