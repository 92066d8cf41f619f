"""Vendors as data: what a provider row may leave blank. Knows names, addresses and headers; opens no connection.

A preset lists the protocols (wires) its vendor speaks, preferred first.
"""

from dataclasses import dataclass
from typing import Literal

Auth = Literal["bearer", "api-key", "x-api-key", "x-goog-api-key", "none"]

# What each protocol asks for where a preset does not say: a server that is merely compatible with a vendor's.
PROTOCOL_AUTH: dict[str, Auth] = {
    "openai_chat": "bearer",
    "openai_responses": "bearer",
    "anthropic": "x-api-key",
    "gemini": "x-goog-api-key",
    "ollama": "bearer",
}
# Ends of an address at which the same server speaks another protocol.
PROTOCOL_NOT_AT: dict[str, str] = {"ollama": "/v1"}
PROTOCOL_HEADERS: dict[str, tuple[tuple[str, str], ...]] = {"anthropic": (("anthropic-version", "2023-06-01"),)}


@dataclass(frozen=True, slots=True)
class Wire:
    """One protocol at one vendor. A row's own address without a path gets `bare_path` appended."""

    adapter: str
    base_url: str = ""  # without a trailing slash; empty: the row must say
    auth: Auth = "bearer"
    headers: tuple[tuple[str, str], ...] = ()
    bare_path: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A vendor. `variable` is the environment variable its key is usually found in; `stand_in` answers are not real.
    `first_token`: seconds that a first token may take there, where that is more than elsewhere.
    """

    name: str
    label: str
    wires: tuple[Wire, ...]
    variable: str = ""
    stand_in: bool = False
    first_token: float | None = None

    @property
    def adapter(self) -> str:
        return self.wires[0].adapter

    def wire(self, adapter: str = "") -> Wire:
        """The wire of `adapter` (blank: the preferred one); for a protocol the vendor does not list, its usual form."""
        wanted = adapter or self.adapter
        listed = next((wire for wire in self.wires if wire.adapter == wanted), None)
        return listed or Wire(wanted, auth=PROTOCOL_AUTH[wanted], headers=PROTOCOL_HEADERS.get(wanted, ()))


def _chat(base_url: str, bare_path: str = "") -> Wire:
    return Wire("openai_chat", base_url, bare_path=bare_path)


_TABLE = (
    Preset(
        "openai",
        "OpenAI",
        (_chat("https://api.openai.com/v1"), Wire("openai_responses", "https://api.openai.com/v1")),
        "OPENAI_API_KEY",
    ),
    # Its chat completions were retired in September 2026; what remains is the Agent API.
    Preset(
        "perplexity", "Perplexity", (Wire("openai_responses", "https://api.perplexity.ai/v1"),), "PERPLEXITY_API_KEY"
    ),
    Preset(
        "gemini",
        "Google Gemini",
        (
            Wire("gemini", "https://generativelanguage.googleapis.com/v1beta", "x-goog-api-key"),
            _chat("https://generativelanguage.googleapis.com/v1beta/openai"),
        ),
        "GEMINI_API_KEY",
    ),
    Preset("openrouter", "OpenRouter", (_chat("https://openrouter.ai/api/v1"),), "OPENROUTER_API_KEY"),
    Preset(
        "anthropic",
        "Anthropic",
        (
            Wire("anthropic", "https://api.anthropic.com/v1", "x-api-key", PROTOCOL_HEADERS["anthropic"]),
            _chat("https://api.anthropic.com/v1"),
        ),
        "ANTHROPIC_API_KEY",
    ),
    Preset(
        "ollama",
        "Ollama",
        (Wire("ollama", "http://127.0.0.1:11434"), _chat("http://127.0.0.1:11434/v1", bare_path="/v1")),
        first_token=120.0,  # a large model is loaded from the disk first
    ),
    Preset("groq", "Groq", (_chat("https://api.groq.com/openai/v1"),), "GROQ_API_KEY"),
    Preset("mistral", "Mistral", (_chat("https://api.mistral.ai/v1"),), "MISTRAL_API_KEY"),
    Preset("deepseek", "DeepSeek", (_chat("https://api.deepseek.com"),), "DEEPSEEK_API_KEY"),
    Preset("xai", "xAI", (_chat("https://api.x.ai/v1"),), "XAI_API_KEY"),
    Preset("together", "Together", (_chat("https://api.together.xyz/v1"),), "TOGETHER_API_KEY"),
    Preset("openai-compatible", "OpenAI-compatible server", (_chat(""),)),
    Preset(
        "simulator",
        "Simulated provider",
        (
            _chat("", bare_path="/v1"),
            Wire("openai_responses", bare_path="/v1"),
            Wire("anthropic", "", "x-api-key", PROTOCOL_HEADERS["anthropic"], bare_path="/v1"),
            Wire("gemini", "", "x-goog-api-key", bare_path="/v1beta"),
            Wire("ollama"),
        ),
        stand_in=True,
    ),
)
PRESETS: dict[str, Preset] = {preset.name: preset for preset in _TABLE}
