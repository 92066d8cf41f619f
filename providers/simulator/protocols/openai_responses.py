"""OpenAI's Responses, which Perplexity's Agent API speaks too. Events are `openai_responses_events`, requests
`openai_responses_request`.

Perplexity's own events tell the sources where the model's name asks for `citations-key=search_results` or `citations`.
"""

from collections.abc import Iterable, Sequence

from providers.simulator.beats import Ask, Failure, Said
from providers.simulator.protocols import openai_responses_request
from providers.simulator.protocols.base import About, Request
from providers.simulator.protocols.openai_responses_events import EventWriter
from providers.simulator.protocols.openai_words import STARTED, error, to_json


class OpenAIResponses:
    def read(self, request: Request) -> Ask:
        return openai_responses_request.read(request)

    def writer(self, about: About) -> EventWriter:
        return EventWriter(about)

    def whole(self, about: About, said: Sequence[Said]) -> bytes:
        writer = EventWriter(about)
        for beat in said:
            writer.write(beat)
        return to_json(writer.response())

    def refusal(self, failure: Failure) -> bytes:
        return to_json(error(failure))

    def models(self, names: Iterable[str]) -> bytes:
        rows = [{"id": name, "object": "model", "created": STARTED, "owned_by": "simulator"} for name in names]
        return to_json({"object": "list", "data": rows})
