"""What each protocol's list tells of a model. Odd fields count as not told, and what cannot chat is left out."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.listing.fetch import LISTINGS
from providers.listing.offer import NotAListError, Offer, Page
from tests.providers.adapters.reading import RECORDINGS


def read(protocol: str, body: Any) -> Page:
    return LISTINGS[protocol].read(json.loads(json.dumps(body), parse_float=Decimal))


def one(protocol: str, entry: dict[str, Any]) -> Offer:
    (offer,) = read(protocol, {"models" if protocol in {"gemini", "ollama"} else "data": [entry]}).offers
    return offer


OPENROUTER = {
    "id": "anthropic/claude-sonnet-5.5",
    "name": "Anthropic: Claude Sonnet 5.5",
    "context_length": 1_000_000,
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    "pricing": {"prompt": "0.000002", "completion": "0.00001", "input_cache_read": "0.0000001"},
    "top_provider": {"context_length": 1_000_000, "max_completion_tokens": 128_000},
    "supported_parameters": ["tools", "reasoning", "max_tokens"],
    "expiration_date": "2027-03-01",
}
TOLD = [
    ("openai_chat", {"id": "gpt-6-luna", "shutdown_date": None}, Offer("gpt-6-luna")),
    ("openai_responses", {"id": "gpt-4o", "shutdown_date": "2027-01-14"}, Offer("gpt-4o", ends=date(2027, 1, 14))),
    (
        "openai_chat",
        OPENROUTER,
        Offer(
            "anthropic/claude-sonnet-5.5",
            "Anthropic: Claude Sonnet 5.5",
            1_000_000,
            128_000,
            Decimal(2),
            Decimal(10),
            Decimal("0.1"),
            date(2027, 3, 1),
            ("tools", "vision", "reasoning"),
        ),
    ),
    (
        "openai_responses",
        {"id": "perplexity/sonar", "pricing": {"input": 0.25, "output": 2.5, "cache_read": 0.0625}},
        Offer(
            "perplexity/sonar",
            price_input=Decimal("0.25"),
            price_output=Decimal("2.5"),
            price_cached_input=Decimal("0.0625"),
        ),
    ),
    (
        "openai_chat",
        {
            "id": "mistral-large-latest",
            "name": "mistral-large-4",
            "max_context_length": 262_144,
            "capabilities": {"completion_chat": True, "function_calling": True, "vision": False},
            "deprecation": "2027-05-31T12:00:00Z",
        },
        Offer("mistral-large-latest", "mistral-large-4", 262_144, ends=date(2027, 5, 31), capabilities=("tools",)),
    ),
    (
        "openai_chat",
        {"id": "openai/gpt-oss-120b", "active": True, "context_window": 131_072, "max_completion_tokens": 65_536},
        Offer("openai/gpt-oss-120b", context_tokens=131_072, output_tokens=65_536),
    ),
    ("openai_chat", {"id": "qwen3", "max_model_len": 40_960}, Offer("qwen3", context_tokens=40_960)),
    ("openai_chat", {"id": "models/gemini-3.8-flash"}, Offer("gemini-3.8-flash")),
    (
        "anthropic",
        {
            "id": "claude-haiku-5-5",
            "display_name": "Claude Haiku 5.5",
            "max_input_tokens": 1_000_000,
            "max_tokens": 128_000,
            "capabilities": {"image_input": {"supported": True}, "thinking": {"supported": False}},
        },
        Offer("claude-haiku-5-5", "Claude Haiku 5.5", 1_000_000, 128_000, capabilities=("tools", "vision")),
    ),
    (
        "gemini",
        {
            "name": "models/gemini-3.8-flash",
            "displayName": "Gemini 3.8 Flash",
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
            "thinking": True,
        },
        Offer("gemini-3.8-flash", "Gemini 3.8 Flash", 1_048_576, 65_536, capabilities=("reasoning",)),
    ),
    ("ollama", {"name": "qwen3:8b", "details": {"family": "qwen3"}}, Offer("qwen3:8b")),
]


@pytest.mark.parametrize(("protocol", "entry", "offer"), TOLD, ids=[offer.upstream for *_, offer in TOLD])
def test_what_a_list_tells(protocol: str, entry: dict[str, Any], offer: Offer) -> None:
    assert one(protocol, entry) == offer


ODD = [
    {"context_length": 0, "max_completion_tokens": -5},
    {"context_length": "many", "max_completion_tokens": True},
    {"context_length": 10**30},
    {"pricing": {"prompt": "-1", "completion": "-1"}},
    {"pricing": {"prompt": "free", "completion": None}},
    {"pricing": {"prompt": "1e999999999", "completion": "NaN"}},
    {"pricing": {"input": True, "output": [1]}},
    {"pricing": "none", "architecture": None, "capabilities": [], "top_provider": 3, "supported_parameters": "tools"},
    {"shutdown_date": "soon"},
    {"shutdown_date": "9" * 400},
    {"expiration_date": -1},
    {"expiration_date": 10**20},
    {"name": 3},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_is_odd_is_not_told(odd: dict[str, Any]) -> None:
    assert one("openai_chat", {"id": "m", **odd}) == Offer("m")


def test_a_label_is_one_line_that_can_be_stored() -> None:
    assert (
        one("openai_chat", {"id": "m", "name": " a\n\x00b\ud800 " + "c" * 300}).label == "a \ufffdb\ufffd " + "c" * 144
    )


CANNOT_CHAT = [
    ("openai_chat", {"id": "text-embedding-4"}),
    ("openai_chat", {"id": "gpt-image-2.5-flare"}),
    ("openai_chat", {"id": "gpt-4o-transcribe"}),
    ("openai_chat", {"id": "omni-moderation-latest"}),
    ("openai_chat", {"id": "m", "architecture": {"output_modalities": ["image"]}}),
    ("openai_chat", {"id": "m", "capabilities": {"completion_chat": False}}),
    ("openai_chat", {"id": "m", "type": "embedding"}),
    ("openai_chat", {"id": "m", "active": False}),
    ("openai_chat", {"id": ""}),
    ("openai_chat", {"id": "a\nb"}),
    ("openai_chat", {"id": "m" * 201}),
    ("openai_chat", {"name": "no id"}),
    ("gemini", {"name": "models/gemini-9", "supportedGenerationMethods": ["predict", "countTokens"]}),
    ("gemini", {"name": "models/gemini-9"}),
    ("gemini", {"name": "models/gemini-3.8-flash-tts", "supportedGenerationMethods": ["generateContent"]}),
    ("ollama", {"name": "nomic-embed-text:latest"}),
    ("ollama", {"name": "all-minilm", "details": {"family": "bert"}}),
    ("anthropic", {"id": None}),
]


@pytest.mark.parametrize(("protocol", "entry"), CANNOT_CHAT, ids=str)
def test_what_cannot_chat_is_left_out(protocol: str, entry: dict[str, Any]) -> None:
    assert read(protocol, {"data": [entry], "models": [entry]}).offers == ()


@pytest.mark.parametrize(
    "name", ["gpt-4o-search-preview", "o3", "gemini-3.8-flash", "imagine-1", "guardian", "deliver"]
)
def test_an_ordinary_name_is_not_taken_for_something_else(name: str) -> None:
    assert one("openai_chat", {"id": name}).upstream == name


def test_together_answers_with_a_bare_list() -> None:
    entry = {"id": "openai/gpt-oss-120b", "type": "chat", "pricing": {"input": 0.15, "output": 0.6}}
    (offer,) = read("openai_chat", [entry, "junk"]).offers
    assert (offer.price_input, offer.price_output) == (Decimal("0.15"), Decimal("0.6"))


@pytest.mark.parametrize("protocol", LISTINGS)
@pytest.mark.parametrize("body", [None, 3, "models", {"object": "list"}, {"data": 3, "models": {}}])
def test_something_else_is_no_list(protocol: str, body: Any) -> None:
    with pytest.raises(NotAListError):
        read(protocol, body)


def test_pages_lead_on() -> None:
    assert read("anthropic", {"data": [{"id": "a"}], "has_more": True, "last_id": "a"}).next == "a"
    assert read("anthropic", {"data": [{"id": "a"}], "has_more": False, "last_id": "a"}).next == ""
    assert read("gemini", {"models": [], "nextPageToken": "t"}).next == "t"
    assert read("gemini", {}) == Page(())
    assert LISTINGS["gemini"].address("https://x", "a/b&c") == "https://x/models?pageSize=1000&pageToken=a%2Fb%26c"
    assert LISTINGS["anthropic"].address("https://x", "a&b") == "https://x/models?limit=1000&after_id=a%26b"


def test_what_ollama_adds_about_a_model() -> None:
    answered = LISTINGS["ollama"].answered
    assert answered is not None
    shown = {
        "capabilities": ["completion", "tools", "thinking"],
        "model_info": {"qwen3.context_length": 40_960, "qwen3.block_count": 36, "general.architecture": "qwen3"},
    }
    told = answered(Offer("qwen3:8b"), shown)
    assert told == Offer("qwen3:8b", context_tokens=40_960, capabilities=("tools", "reasoning"))
    assert answered(Offer("m"), {"capabilities": ["embedding"]}) is None
    assert answered(Offer("m"), "junk") == Offer("m")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
FIELDS = [
    *("id", "name", "pricing", "context_length", "shutdown_date", "architecture", "top_provider", "capabilities"),
    *("display_name", "max_tokens", "inputTokenLimit", "supportedGenerationMethods", "details", "type"),
]


@pytest.mark.parametrize("protocol", LISTINGS)
@given(entry=st.dictionaries(st.sampled_from(FIELDS), anything, max_size=8))
def test_nothing_in_an_entry_breaks_the_reading(protocol: str, entry: dict[str, Any]) -> None:
    for offer in LISTINGS[protocol].read({"data": [entry], "models": [entry]}).offers:
        assert offer.upstream.isprintable()
        assert 0 < len(offer.upstream) <= 200


RECORDED = [
    ("openrouter", "openai_chat", 5, "openai/gpt-5-nano", (400_000, 128_000, Decimal("0.05"), Decimal("0.4"))),
    ("perplexity", "openai_responses", 39, "perplexity/sonar", (None, None, Decimal("0.25"), Decimal("2.5"))),
    ("gemini", "gemini", 29, "gemini-3.5-flash-lite", (1_048_576, 65_536, None, None)),
    ("cerebras", "openai_chat", 3, "gpt-oss-120b", (None, None, None, None)),
]


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings not present (../shared/transcripts)")
@pytest.mark.parametrize(("vendor", "protocol", "count", "name", "figures"), RECORDED)
def test_recorded_lists(vendor: str, protocol: str, count: int, name: str, figures: tuple[Any, ...]) -> None:
    recorded = json.loads((RECORDINGS / "models_listing" / f"{vendor}.json").read_text(), parse_float=Decimal)
    page = LISTINGS[protocol].read(recorded["response"])
    found = {offer.upstream: offer for offer in page.offers}
    assert len(found) == count
    one = found[name]
    assert (one.context_tokens, one.output_tokens, one.price_input, one.price_output) == figures
    assert bool(page.next) is (vendor == "gemini")
