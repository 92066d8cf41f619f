"""From a row to something that can be called. Owns the table of adapters; knows no vendor (presets do), no policy."""

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from providers.adapters.base import Adapter
from providers.presets import PRESETS, Preset, Wire
from providers.types import Endpoint, Timeouts

if TYPE_CHECKING:
    from providers.models import Model, Provider

# Name in rows and registry files -> class.
ADAPTERS: dict[str, str] = {
    "openai_chat": "providers.adapters.openai_chat.OpenAIChat",
    "openai_responses": "providers.adapters.openai_responses.OpenAIResponses",
    "anthropic": "providers.adapters.anthropic.Anthropic",
    "gemini": "providers.adapters.gemini.Gemini",
    "ollama": "providers.adapters.ollama.Ollama",
}


class ConfigurationError(Exception):
    """The registry cannot be used as it stands. `str()` tells staff what to change."""


def adapter_for(name: str) -> Adapter:
    """The adapter called `name` (one instance for all). Raises ConfigurationError where there is none."""
    path = ADAPTERS.get(name)
    if not path:
        raise ConfigurationError(f"No adapter is called {name}. There are: {', '.join(ADAPTERS)}.")
    return _load(path)


@cache
def _load(path: str) -> Adapter:
    module, _, name = path.rpartition(".")
    adapter: Adapter = getattr(import_module(module), name)()
    return adapter


def adapter_name(provider: "Provider") -> str:
    return provider.adapter or preset_of(provider).adapter


def preset_of(provider: "Provider") -> Preset:
    preset = PRESETS.get(provider.preset)
    if preset is None:
        raise ConfigurationError(f"{provider.name}: no preset is called {provider.preset}. Choose another.")
    return preset


def base_url_of(preset: str, adapter: str, base_url: str) -> str:
    """Where a row with these three values is: its own address, else the preset's, without a trailing slash."""
    return _address(PRESETS[preset].wire(adapter), base_url)


def endpoint_for(provider: "Provider") -> Endpoint:
    """Where and how to call `provider`. Raises ConfigurationError (no address) or EncryptionError (key unreadable)."""
    wire = preset_of(provider).wire(provider.adapter)
    base_url = _address(wire, provider.base_url)
    if not base_url:
        raise ConfigurationError(f"{provider.name} has no base URL, and its preset has none of its own.")
    headers = {name.lower(): (name, value) for name, value in (*wire.headers, *provider.headers.items())}
    key = provider.api_key
    return Endpoint(
        name=provider.name,
        base_url=base_url,
        api_key=key,
        auth=wire.auth if key else "none",
        headers=tuple(headers.values()),
    )


def timeouts_for(model: "Model", preset: str = "") -> Timeouts:
    """The model's own times where it has them, elsewhere those of the preset, or the usual ones."""
    usual = Timeouts()
    if preset in PRESETS and (patience := PRESETS[preset].first_token) is not None:
        usual = replace(usual, first_token=patience)
    return Timeouts(
        connect=usual.connect,
        first_token=usual.first_token if model.timeout_first_token is None else model.timeout_first_token,
        stall=usual.stall if model.timeout_stall is None else model.timeout_stall,
        total=usual.total if model.timeout_total is None else model.timeout_total,
    )


def _address(wire: Wire, own: str) -> str:
    if not own:
        return wire.base_url
    bare = not urlsplit(own).path.strip("/")
    return own.rstrip("/") + (wire.bare_path if bare else "")
