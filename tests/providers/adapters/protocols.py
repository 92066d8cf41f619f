"""The protocols that are held to the recordings: the adapter and decoder of each, and which recordings are its own."""

from collections.abc import Callable
from dataclasses import dataclass

from providers.adapters import anthropic, gemini, ollama, openai_chat, openai_responses
from providers.adapters.base import Adapter
from providers.adapters.decoding import Decoder
from providers.types import Endpoint


@dataclass(frozen=True, slots=True)
class Protocol:
    """`formats` are the sidecars' words. `errors`: beginnings of the names of recorded HTTP errors whose meaning is
    told in full; "" stands for all that no other protocol names."""

    adapter: Adapter
    decoder: Callable[[Endpoint, str], Decoder]
    formats: tuple[str, ...]
    errors: tuple[str, ...] = ()


PROTOCOLS: dict[str, Protocol] = {
    "anthropic": Protocol(anthropic.Anthropic(), anthropic.decoder, ("anthropic",), errors=("anthropic-",)),
    "gemini": Protocol(
        gemini.Gemini(), gemini.decoder, ("gemini", "gemini-array"), errors=("gemini-", "documented-gemini-")
    ),
    "ollama": Protocol(ollama.Ollama(), ollama.decoder, ("ollama", "ollama-generate")),
    "openai_chat": Protocol(openai_chat.OpenAIChat(), openai_chat.decoder, ("chat",), errors=("",)),
    "openai_responses": Protocol(openai_responses.OpenAIResponses(), openai_responses.decoder, ("responses",)),
}


def protocol_of_error(name: str) -> str:
    """The protocol that the recorded error called `name` belongs to."""
    for protocol, known in PROTOCOLS.items():
        if any(beginning and name.startswith(beginning) for beginning in known.errors):
            return protocol
    return "openai_chat"
