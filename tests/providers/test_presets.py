"""Vendors as data, and what becomes of a row that leaves things to its preset."""

from urllib.parse import urlsplit

import pytest

from providers.models import Model, Provider
from providers.presets import PRESETS, PROTOCOL_AUTH, Preset
from providers.profiles import profile_for
from providers.registry import (
    ADAPTERS,
    ConfigurationError,
    adapter_for,
    adapter_name,
    endpoint_for,
    timeouts_for,
)
from providers.seeds import SEEDS
from providers.types import Timeouts
from providers.validation import check_model_name

NAMED_IN_THE_CONTRACT = {"openai", "perplexity", "gemini", "openrouter", "anthropic", "ollama", "openai-compatible"}


def row(**values: object) -> Provider:
    key = str(values.pop("key", ""))
    provider = Provider(**{"name": "p", "preset": "openai", **values})
    provider.set_api_key(key)
    return provider


def test_the_presets_and_adapters_of_the_contract_exist() -> None:
    assert set(PRESETS) >= NAMED_IN_THE_CONTRACT
    assert list(ADAPTERS) == ["openai_chat", "openai_responses", "anthropic", "gemini", "ollama"]
    assert set(PROTOCOL_AUTH) == set(ADAPTERS)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_preset_makes_sense(preset: Preset) -> None:
    for wire in preset.wires:
        parts = urlsplit(wire.base_url)
        assert wire.adapter in ADAPTERS
        assert not wire.base_url.endswith("/")
        assert parts.scheme == "https" or parts.hostname in {"127.0.0.1", None}


def test_the_adapter_is_made_once() -> None:
    assert adapter_for("openai_chat") is adapter_for("openai_chat")


def test_an_adapter_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigurationError, match="No adapter is called no_such"):
        adapter_for("no_such")


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_adapter_of_the_table_is_there(name: str) -> None:
    assert callable(adapter_for(name).stream)


def test_a_blank_row_takes_everything_from_its_preset() -> None:
    endpoint = endpoint_for(row(key="sk-1"))
    assert (endpoint.base_url, endpoint.auth, endpoint.api_key) == ("https://api.openai.com/v1", "bearer", "sk-1")
    assert "sk-1" not in repr(endpoint)
    assert adapter_name(row()) == "openai_chat"


def test_without_a_key_none_is_sent() -> None:
    assert endpoint_for(row()).auth == "none"


@pytest.mark.parametrize(
    ("preset", "adapter", "own", "url"),
    [
        ("gemini", "openai_chat", "", "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("anthropic", "openai_chat", "", "https://api.anthropic.com/v1"),
        ("ollama", "", "", "http://127.0.0.1:11434"),
        ("ollama", "", "http://gpu-2:11434/", "http://gpu-2:11434"),
        ("ollama", "openai_chat", "", "http://127.0.0.1:11434/v1"),
        ("ollama", "openai_chat", "http://gpu-2:11434/", "http://gpu-2:11434/v1"),
        ("ollama", "openai_chat", "http://gpu-2:11434/proxy/v1", "http://gpu-2:11434/proxy/v1"),
        ("simulator", "openai_responses", "http://127.0.0.1:8900", "http://127.0.0.1:8900/v1"),
        ("openai-compatible", "", "https://llm.example.com/", "https://llm.example.com"),
    ],
)
def test_where_a_row_is(preset: str, adapter: str, own: str, url: str) -> None:
    endpoint = endpoint_for(row(preset=preset, adapter=adapter, base_url=own, key="k"))
    assert (endpoint.base_url, endpoint.auth) == (url, "bearer")


def test_a_row_may_speak_a_protocol_its_vendor_does_not_list() -> None:
    endpoint = endpoint_for(
        row(preset="openai-compatible", adapter="anthropic", base_url="https://x.example/v1", key="k")
    )
    assert endpoint.auth == "x-api-key"
    assert dict(endpoint.headers)["anthropic-version"]


def test_own_headers_win() -> None:
    headers = {"Anthropic-Version": "2099-01-01", "X-Title": "Ours"}
    assert dict(endpoint_for(row(preset="anthropic", headers=headers)).headers) == headers


def test_a_row_without_any_address_is_told() -> None:
    with pytest.raises(ConfigurationError, match="no base URL"):
        endpoint_for(row(preset="openai-compatible"))


def test_times_come_from_the_model_or_are_the_usual_ones() -> None:
    assert timeouts_for(Model(name="m")) == Timeouts()
    assert timeouts_for(Model(name="m", timeout_first_token=3, timeout_total=9)) == Timeouts(first_token=3, total=9)
    assert timeouts_for(Model(name="m"), "ollama") == Timeouts(first_token=120)
    assert timeouts_for(Model(name="m", timeout_first_token=3), "ollama") == Timeouts(first_token=3)


@pytest.mark.parametrize(
    ("upstream", "tools", "vision", "context"),
    [
        ("gpt-6-luna", True, True, 1_050_000),
        ("openai/gpt-6-luna", True, True, 1_050_000),
        ("models/gemini-3.8-flash", True, True, 1_048_576),
        ("claude-haiku-4-5", True, True, 200_000),
        ("sonar-pro", False, False, 200_000),
        ("something-new", False, False, None),
    ],
)
def test_profiles(upstream: str, tools: bool, vision: bool, context: int | None) -> None:
    profile = profile_for(upstream)
    assert (profile.tools, profile.vision, profile.context_tokens) == (tools, vision, context)
    assert profile.streaming


def test_only_simulated_models_are_known_to_continue_a_prefix() -> None:
    assert profile_for("sim:fault=cut@20").continues_prefix
    assert not profile_for("gpt-6-luna").continues_prefix


def test_a_local_server_has_a_smaller_window() -> None:
    local = profile_for("qwen3:8b", "ollama")
    assert local.tools
    assert local.context_tokens == 8_192


def test_seeds_have_names_that_can_be_registered() -> None:
    for preset, seeds in SEEDS.items():
        assert PRESETS[preset].variable
        for seed in seeds:
            check_model_name(seed.name or seed.upstream)
