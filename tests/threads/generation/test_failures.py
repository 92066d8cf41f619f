"""Whatever goes wrong at the provider, the answer ends in words, keeps what came, and its call is accounted for."""

import asyncio
from typing import Any

import pytest

from accounts.models import User
from providers.models import Deployment, Model, Provider
from tests.fixtures_engine import Ask, ended
from tests.simulator import RunningSimulator
from threads import database
from threads.generation import log, service
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.models import Attempt, Generation

_Expected = tuple[str, int, int | None, int]
# Fault -> (kind of error, tokens of text that stay, HTTP status noted with the last call, calls)
_FAULTS: dict[str, _Expected] = {
    "401": ("authentication", 0, 401, 1),
    "402": ("quota", 0, 402, 1),
    "403": ("permission", 0, 403, 1),
    "404": ("model_not_found", 0, 404, 1),
    "429": ("rate_limit", 0, 429, 3),
    "quota": ("quota", 0, 429, 1),
    "context": ("context_length", 0, 400, 1),
    "filter": ("content_filter", 0, 400, 1),
    "500": ("upstream", 0, 500, 3),
    "503": ("overloaded", 0, 503, 3),
    "html": ("malformed", 0, 200, 2),
    "html-502": ("upstream", 0, 502, 3),
    "empty": ("empty", 0, 200, 3),
    "cut@0": ("malformed", 0, 200, 2),
    "cut@7": ("stream_cut", 7, 200, 1),
    "drop@7": ("stream_cut", 7, 200, 1),
    "error@7": ("upstream", 7, 200, 1),
    "done-after-error@7": ("upstream", 7, 200, 1),
    "bad-json@7": ("malformed", 7, 200, 1),
    "rst@0": ("connection", 0, None, 3),
}
# These wait for a timeout, which the model's row makes short.
_SILENCES: dict[str, _Expected] = {
    "no-head": ("timeout", 0, None, 1),
    "silent": ("timeout", 0, 200, 1),
    "stall@0": ("timeout", 0, 200, 1),
    "stall@7": ("timeout", 7, 200, 1),
}


def _found(generation: Generation) -> dict[str, Any]:
    entries = log.entries(generation.pk)
    attempts = list(Attempt.objects.filter(generation=generation).order_by("number"))
    attempt = attempts[-1]
    answer = fold(entries)
    assert answer.text == generation.message.text
    assert [entry.type for entry in entries[-2:]] == ["error", "done"]
    assert entries[-2].payload["type"] == attempt.error_kind == generation.error_kind
    assert entries[-2].payload["message"] == generation.error_message == attempt.error_message
    assert generation.error_message.endswith((".", "?", "!", "”"))
    assert {"state": "failed", "finish_reason": "error"}.items() <= entries[-1].payload.items()
    assert (generation.state, generation.finish_reason) == ("failed", "error")
    assert {row.state for row in attempts} == {"failed"}
    assert all(row.finished_at is not None and row.error_message for row in attempts)
    assert [row.kind for row in attempts] == ["first", *["retry"] * (len(attempts) - 1)]
    assert [row.number for row in attempts] == list(range(1, len(attempts) + 1))
    assert {row.usage_source for row in attempts} == {"estimated" if answer.text else "unknown"}
    calls = len(attempts)
    return {"kind": generation.error_kind, "status": attempt.http_status, "text": answer.text, "calls": calls}


async def _all(ask: Ask, models: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What became of each fault, all at once."""
    started = {fault: await ask(model=model) for fault, model in models.items()}
    rows = await asyncio.gather(*(ended(one) for one in started.values()))
    return {fault: await database.read(_found, row) for fault, row in zip(started, rows, strict=True)}


async def test_each_fault_ends_in_words(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    models = {fault: f"sim:ttft=5ms,rate=max,tokens=30,text=lorem,fault={fault}" for fault in _FAULTS}
    found = await _all(ask, models)
    # All say the same, as far as they come; after broken JSON the simulator goes on, and nobody listens.
    [seven] = [request["text"] for request in simulator.record() if request["model"].endswith("=cut@7")]
    assert seven
    for fault, (kind, tokens, status, calls) in _FAULTS.items():
        expected = {"kind": kind, "status": status, "text": seven if tokens else "", "calls": calls}
        assert found[fault] == expected, fault


async def test_each_silence_ends_in_words(
    engine: Runtime, ask: Ask, registry: Any, simulator: RunningSimulator
) -> None:
    models = {fault: f"sim:ttft=5ms,rate=max,tokens=30,text=lorem,fault={fault}" for fault in _SILENCES}

    def make() -> None:
        for model in models.values():
            registry(model)
        Model.objects.update(timeout_first_token=0.3, timeout_stall=0.3)

    await database.write(make)
    found = await _all(ask, models)
    await simulator.until(lambda record: all(request["disconnected"] for request in record))
    said = {request["model"]: request["text"] for request in simulator.record()}
    for fault, model in models.items():
        kind, tokens, status, calls = _SILENCES[fault]
        expected = {"kind": kind, "status": status, "text": said[model] if tokens else "", "calls": calls}
        assert found[fault] == expected, fault


async def test_a_connection_reset_in_the_middle_keeps_what_was_read(
    engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    """A reset may destroy what was on its way, so any beginning will do; none of it is completed."""
    generation = await ended(await ask(model="sim:ttft=5ms,rate=200,tokens=60,fault=rst@20"))
    found = await database.read(_found, generation)
    assert found["kind"] == "stream_cut"
    assert simulator.record()[0]["text"].startswith(found["text"])


async def test_nobody_listens_at_the_address(engine: Runtime, ask: Ask, registry: Any) -> None:
    def make() -> None:
        nowhere = Provider.objects.create(name="nowhere", preset="openai-compatible", base_url="http://127.0.0.1:9/v1")
        Deployment.objects.create(model=Model.objects.create(name="lost"), provider=nowhere, upstream="lost")

    await database.write(make)
    found = await database.read(_found, await ended(await ask(model="lost")))
    assert (found["kind"], found["status"], found["text"]) == ("connection", None, "")


async def test_a_provider_that_counts_absurdly(engine: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures that no column holds must not keep the answer from ending."""
    from providers import events
    from providers.adapters.openai_chat import OpenAIChat

    stream = OpenAIChat.stream

    async def absurd(self: OpenAIChat, *args: Any) -> Any:
        async for event in stream(self, *args):
            if isinstance(event, events.Usage):
                yield events.Usage(10**30, 5, 10**30, cost_usd=1e12)
            else:
                yield event

    monkeypatch.setattr(OpenAIChat, "stream", absurd)
    generation = await ended(await ask(model="sim:ttft=0ms,tokens=5"))
    assert (generation.state, generation.usage_estimated) == ("completed", True)
    assert 0 < generation.total_tokens < 100


async def test_a_fault_of_our_own_ends_in_words_too(
    engine: Runtime, ask: Ask, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from providers.dispatch import attempts

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(attempts, "stream", broken)
    started = await ask()
    generation = await ended(started)
    assert (generation.state, generation.error_kind) == ("failed", "internal")
    assert await service.cancel(user=user, request_id=started.generation_id) == "failed"
    assert [entry.type for entry in await database.read(log.entries, generation.pk)][-2:] == ["error", "done"]
