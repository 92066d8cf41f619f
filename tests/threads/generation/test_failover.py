"""An answer that takes more than one call: what is stored of it, in which order, and what it adds up to."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from providers import snapshot
from providers.models import Provider
from providers.profiles import Profile
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.generation import candidates
from tests.threads.generation.candidates import SAYS, Found
from tests.threads.generation.rows import generation_in, store, thread_of
from threads import database
from threads.generation import service
from threads.generation.entries import Entry
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.models import Attempt, Event, Generation


async def _ask(ask: Ask, simulator: RunningSimulator, models: dict[str, list[str]], **columns: Any) -> Started:
    """Ask the first of `models`."""
    await database.write(candidates.make, simulator, models, **columns)
    return await ask(model=next(iter(models)))


async def _answer(ask: Ask, simulator: RunningSimulator, models: dict[str, list[str]], **columns: Any) -> Found:
    generation = await ended(await _ask(ask, simulator, models, **columns))
    return await database.read(candidates.found, generation)


# --- before the first token ----------------------------------------------------------------------------------------
async def test_a_retry(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    found = await _answer(ask, simulator, {"a": [f"sim:{SAYS},fault=503,times=1"]})
    generation = found.generation
    assert found.calls == [("first", "a-1", "failed", "overloaded"), ("retry", "a-1", "completed", "")]
    said = [request["text"] for request in simulator.record() if "fault=503" in request["model"]]
    assert (generation.state, generation.message.text) == ("completed", said[1])
    assert found.states == ["connecting", "retrying", "connecting", "thinking"]
    [retrying] = [status for status in found.of("status") if status["state"] == "retrying"]
    assert retrying.pop("retry_in_s") == pytest.approx(1.1, abs=0.2)
    assert retrying == {"state": "retrying", "reason": "overloaded", "provider": "a-1", "model": "a"}


async def test_a_fallback(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    found = await _answer(ask, simulator, {"a": ["sim:fault=401"], "b": ["sim:fault=402"], "c": [f"sim:{SAYS}"]})
    generation = found.generation
    assert found.calls == [
        ("first", "a-1", "failed", "authentication"),
        ("fallback", "b-1", "failed", "quota"),
        ("fallback", "c-1", "completed", ""),
    ]
    assert (generation.state, generation.model, generation.provider) == ("completed", "c", "c-1")
    # What is told of the fallback stays until the first token: neither "connecting" nor "thinking" hides it.
    assert found.states == ["connecting", "falling_back", "falling_back"]
    assert found.of("status")[-1] == {
        "state": "falling_back",
        "reason": "quota",
        "from_provider": "b-1",
        "from_model": "b",
        "provider": "c-1",
        "model": "c",
    }
    assert [payload["kind"] for payload in found.of("attempt")] == ["first", "fallback", "fallback"]


async def test_a_failed_calls_row_is_settled_before_the_next_call_is_made(
    engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    started = await _ask(ask, simulator, {"a": ["sim:fault=401"], "b": ["sim:fault=silent"]})
    await simulator.until(lambda requests: len(requests) == 2)
    rows = await database.read(lambda: list(Attempt.objects.order_by("number").values_list("state", "error_kind")))
    assert rows == [("failed", "authentication"), ("running", "")]
    engine.worker.cancel(started.generation_id)  # type: ignore[union-attr]
    await ended(started)


async def test_a_stream_that_is_none_comes_whole(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    found = await _answer(ask, simulator, {"a": [f"sim:{SAYS},fault=empty,times=1"]})
    rows = await database.read(lambda: list(Attempt.objects.order_by("number").values_list("kind", "streaming")))
    assert rows == [("first", True), ("retry", False)]
    assert found.generation.message.text == simulator.record()[1]["text"] != ""


async def test_when_all_fail_each_is_named(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    found = await _answer(ask, simulator, {"a": ["sim:fault=401"], "b": ["sim:fault=402"]})
    generation = found.generation
    assert (generation.state, generation.error_kind) == ("failed", "all_failed")
    for words in ("a at a-1: a-1 does not accept the API key", "b at b-1: The account at b-1 has no credit left"):
        assert words in generation.error_message
    assert found.of("error")[0]["message"] == generation.error_message


async def test_a_key_that_cannot_be_read_is_passed_over(
    engine: Runtime, ask: Ask, simulator: RunningSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    def break_key(name: str) -> None:
        Provider.objects.filter(name=name).update(api_key_sealed="v1.broken")

    await database.write(candidates.make, simulator, {"a": [f"sim:{SAYS}", f"sim:{SAYS}"], "b": [f"sim:{SAYS}"]})
    await database.write(break_key, "a-1")
    found = await database.read(candidates.found, await ended(await ask(model="a")))
    assert found.calls == [("first", "a-2", "completed", "")]
    assert "deployment_unusable" in caplog.text
    await database.write(break_key, "a-2")
    await database.read(engine.snapshots.refresh)
    found = await database.read(candidates.found, await ended(await ask(model="a")))
    assert [(kind, provider) for kind, provider, *_ in found.calls] == [("first", "b-1")]
    await database.write(break_key, "b-1")
    await database.read(engine.snapshots.refresh)
    with pytest.raises(service.Refused) as refused:
        await ask(model="a")
    assert (refused.value.status, refused.value.type) == (502, "configuration")


async def test_who_does_not_accept_the_key_is_not_asked_again(
    engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    models = {"a": ["sim:fault=401"], "b": [f"sim:{SAYS}"]}
    await _answer(ask, simulator, models)
    found = await database.read(candidates.found, await ended(await ask(model="a")))
    assert found.calls == [("fallback", "b-1", "completed", "")]
    assert found.of("status")[0]["from_model"] == "a"
    [known] = [known for known in engine.board.report() if known.needs_staff]
    assert (known.provider, known.state) == ("a-1", "open")


# --- after the first token -----------------------------------------------------------------------------------------
async def test_an_answer_that_broke_off_is_gone_on_with(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    found = await _answer(
        ask,
        simulator,
        {"a": [f"sim:{SAYS},fault=cut@7"], "b": [f"sim:{SAYS}"]},
        price_input=1,
        price_output=2,
    )
    generation = found.generation
    whole = await ended(await ask(model=f"sim:{SAYS}"))
    assert generation.message.text == whole.message.text
    assert simulator.record()[1]["prefix"] == simulator.record()[0]["text"].rstrip()
    assert found.calls == [("first", "a-1", "failed", "stream_cut"), ("fallback", "b-1", "completed", "")]
    assert (generation.model, generation.usage_estimated) == ("b", True)
    assert [row.usage_source for row in found.rows] == ["estimated", "reported"]
    for column in ("prompt_tokens", "completion_tokens", "cost_usd"):
        assert getattr(generation, column) == sum(getattr(row, column) for row in found.rows), "both are paid for"
    [usage] = found.of("usage")
    assert usage["completion_tokens"] == generation.completion_tokens


async def test_who_cannot_go_on_begins_anew(
    engine: Runtime, ask: Ask, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text that the new answer replaces stays until its first token comes."""
    monkeypatch.setattr(snapshot, "profile_for", lambda *_: Profile())
    found = await _answer(ask, simulator, {"a": [f"sim:{SAYS},fault=cut@7"], "b": [f"sim:{SAYS},seed=3"]})
    kinds = [entry.type for entry in found.entries if entry.type != "status"]
    reset = kinds.index("reset")
    assert (kinds[reset - 1], kinds[reset + 1]) == ("attempt", "delta")
    assert "delta" in kinds[:reset]
    assert found.of("reset") == [{"keep_chars": 0}]
    assert found.generation.message.text == simulator.record()[1]["text"] != ""
    assert simulator.record()[1]["prefix"] == ""


async def test_the_text_stays_where_nobody_can_go_on(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    found = await _answer(ask, simulator, {"a": [f"sim:{SAYS},fault=cut@7"], "b": ["sim:fault=401"]})
    generation = found.generation
    assert (generation.state, generation.message.text) == ("failed", simulator.record()[0]["text"])
    assert generation.model == "a", "the words are its"
    assert found.of("reset") == []


# --- places --------------------------------------------------------------------------------------------------------
async def test_no_more_calls_at_a_time_than_the_provider_allows(
    engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    await database.write(candidates.make, simulator, {"a": ["sim:ttft=400ms,rate=max,tokens=5"]})
    await database.write(Provider.objects.update, max_concurrency=2)
    started = await asyncio.gather(*(ask(model="a") for _ in range(6)))
    found = [await database.read(candidates.found, await ended(one)) for one in started]
    assert all(one.calls == [("first", "a-1", "completed", "")] for one in found)
    moments = [(request["received_at"], 1) for request in simulator.record()]
    moments += [(request["finished_at"], -1) for request in simulator.record()]
    present = most = 0
    for _, change in sorted(moments):
        present += change
        most = max(most, present)
    assert most == 2
    assert sum("queued" in one.states for one in found) == 4
    assert not +engine.board.in_flight


# --- stopping ------------------------------------------------------------------------------------------------------
async def test_a_stop_during_a_pause(engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator) -> None:
    engine.board.sleep = lambda _: asyncio.sleep(3600)
    started = await _ask(ask, simulator, {"a": ["sim:fault=503"]})
    await until(lambda: Event.objects.filter(type="status", data__contains="retrying").exists())
    assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"
    found = await database.read(candidates.found, await ended(started))
    assert found.calls == [("first", "a-1", "failed", "overloaded")]
    assert len(simulator.record()) == 1


async def test_a_stop_while_waiting_for_a_place(
    engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator
) -> None:
    await database.write(candidates.make, simulator, {"a": ["sim:fault=silent"]})
    await database.write(Provider.objects.update, max_concurrency=1)
    first, second = await ask(model="a"), await ask(model="a")
    await until(lambda: Event.objects.filter(type="status", data__contains="position").exists())
    assert await service.cancel(user=user, request_id=second.generation_id) == "cancelled"
    assert await database.read(lambda: Attempt.objects.filter(generation=second.generation_id).count()) == 0
    assert await service.cancel(user=user, request_id=first.generation_id) == "cancelled"
    assert not +engine.board.in_flight


async def test_a_stop_before_the_first_call_keeps_no_place(
    engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator
) -> None:
    started = await _ask(ask, simulator, {"a": [f"sim:{SAYS}"]})
    engine.worker.cancel(started.generation_id)  # type: ignore[union-attr]
    await ended(started)
    assert not +engine.board.in_flight


# --- another owner -------------------------------------------------------------------------------------------------
async def test_a_new_owner_counts_on_and_adds_up(
    engine: Runtime, registry: Any, user: User, simulator: RunningSimulator
) -> None:
    """The last one failed once, went on at another provider and was handed over in the middle."""
    model = f"sim:{SAYS}"

    def leave() -> Generation:
        registry(model)
        gone = timezone.now() - timedelta(hours=1)
        row = generation_in(thread_of(user), owner="dead", lease_expires_at=gone, requested_model=model)
        for number, kind, state, tokens in ((1, "first", "failed", 7), (2, "fallback", "running", None)):
            Attempt.objects.create(
                generation=row, number=number, epoch=1, kind=kind, state=state, sent_at=gone, finished_at=gone,
                prompt_tokens=tokens, completion_tokens=tokens, usage_source="estimated",
            )  # fmt: skip
        store(row.pk, [Entry.of(2, "attempt", {"number": 1}), Entry.of(3, "attempt", {"number": 2})])
        return row

    row = await database.write(leave)
    engine.hub.publish("work")
    generation = await ended(Started(row.pk, row.thread_id, row.message_id, row.message.parent_id))
    found = await database.read(candidates.found, generation)
    assert [(kind, state) for kind, _, state, _ in found.calls] == [
        ("first", "failed"), ("fallback", "lost"), ("takeover", "completed"),
    ]  # fmt: skip
    assert generation.completion_tokens == 7 + found.rows[-1].completion_tokens
