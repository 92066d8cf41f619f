"""The figures of answers that the engine wrote, beside the simulator's own record of what it was asked and said."""

import asyncio
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from metrics import queries, rollups
from metrics.figures import Figures, Filters, Performance, Window
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.generation import candidates
from threads import database
from threads.generation import service
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.models import Attempt, Event, Generation

pytestmark = pytest.mark.slow
PLAIN = 12
PRICES = {"price_input": Decimal("1.5"), "price_output": Decimal(6)}
SAYS = "rate=max,text=lorem"
# Each deployment has a name of its own, by which its calls are found in the record.
MODELS = {
    "plain": [f"sim:{SAYS},ttft=200ms,tokens=20"],
    "retried": [f"sim:{SAYS},ttft=0ms,tokens=21,fault=503,times=1"],
    "hedged": [f"sim:{SAYS},ttft=5s,tokens=22", f"sim:{SAYS},ttft=0ms,tokens=23"],
    "stopped": ["sim:ttft=0ms,rate=50,tokens=5000"],
    "broken": ["sim:fault=401,seed=1"],
}
FALLING = {"fallen": ["sim:fault=401"], "cut": [f"sim:{SAYS},ttft=0ms,tokens=24,fault=cut@7"],
           "caught": [f"sim:{SAYS},ttft=0ms,tokens=24"]}  # fmt: skip


@pytest.fixture
async def asked(engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator) -> list[Generation]:
    """Some two dozen answers: plain ones, and one of each kind of trouble, or more."""
    engine.board.hedges.share = 1.0
    for name, upstreams in MODELS.items():
        hedge = {"hedge_after": 0.1} if name == "hedged" else {}
        await database.write(candidates.make, simulator, {name: upstreams}, **PRICES, **hedge)
    await database.write(candidates.make, simulator, FALLING, **PRICES)
    models = [*["plain"] * PLAIN, "retried", "retried", "hedged", "fallen", "cut", "broken"]
    started = await asyncio.gather(*(ask(model=model) for model in models))
    stopped = await ask(model="stopped")
    await until(lambda: Event.objects.filter(generation=stopped.generation_id, type="delta").count() > 9)
    await service.cancel(user=user, request_id=stopped.generation_id)
    return [await ended(one) for one in [*started, Started(*_ids(stopped))]]


def _ids(started: Started) -> tuple[object, ...]:
    return started.generation_id, started.thread_id, started.message_id, started.user_message_id


def _nearest(values: list[float], percent: int) -> float:
    """By its definition: the smallest value that so many of a hundred do not exceed."""
    return next(value for value in sorted(values) if 100 * sum(one <= value for one in values) >= percent * len(values))


def _by_upstream(found: Performance) -> dict[str, Figures]:
    provider_of = {f"{name}-{at + 1}": upstream for name, upstreams in {**MODELS, **FALLING}.items()
                   for at, upstream in enumerate(upstreams)}  # fmt: skip
    return {provider_of[provider]: figures for provider, figures in found.by_provider.items()}


async def test_nothing_is_lost_and_nothing_counted_twice(
    asked: list[Generation], simulator: RunningSimulator, user: User
) -> None:
    found = await database.read(lambda: queries.performance(Filters(), last_n=100))
    answers, record = found.answers, simulator.record()
    assert (answers.count, answers.completed, answers.cancelled, answers.failed) == (19, 17, 1, 1)
    assert answers.errors == {next(one.error_kind for one in asked if one.state == "failed"): 1}
    assert (answers.hedges, answers.hedges_won, answers.takeovers) == (1, 1, 0)
    by_upstream = _by_upstream(found)
    calls = Counter(request["model"] for request in record)
    assert {upstream: figures.count for upstream, figures in by_upstream.items()} == dict(calls)
    assert answers.retries == sum(figures.retries for figures in by_upstream.values()) == 1
    assert answers.fallbacks == sum(figures.fallbacks for figures in by_upstream.values()) == 3
    statuses: Counter[str] = Counter()
    for figures in by_upstream.values():
        statuses.update(figures.statuses)
    assert statuses["503"] == sum(request["status"] == 503 for request in record) == 1
    assert statuses["401"] == sum(request["status"] == 401 for request in record)
    hung_up = [request for request in record if request["disconnected"]]
    assert sum(figures.cancelled for figures in by_upstream.values()) == len(hung_up) == 2  # the stop, a slow hedge


async def test_tokens_and_costs_to_the_cent(asked: list[Generation], simulator: RunningSimulator) -> None:
    found = await database.read(lambda: queries.performance(Filters(), last_n=100))
    whole = [request for request in simulator.record() if request["finished_at"] and request["status"] == 200]
    said: Counter[str] = Counter()
    for request in whole:
        if "cut@" not in request["model"]:
            said[request["model"]] += request["tokens"]
    by_upstream = _by_upstream(found)
    for upstream, tokens in said.items():
        figures = by_upstream[upstream]
        if figures.tokens.estimated == 0:
            assert figures.tokens.completion == tokens, upstream
    rows = await database.read(lambda: list(Attempt.objects.exclude(cost_usd=None)))
    for row in rows:
        prompt, completion = row.prompt_tokens or 0, row.completion_tokens or 0
        assert row.cost_usd == (prompt * PRICES["price_input"] + completion * PRICES["price_output"]) / 1_000_000
    cost = sum((row.cost_usd or 0 for row in rows), Decimal(0))
    assert found.answers.cost_usd == cost == sum(figures.cost_usd or 0 for figures in found.by_provider.values())
    generations = await database.read(lambda: list(Generation.objects.exclude(cost_usd=None)))
    assert cost == sum(one.cost_usd or 0 for one in generations), "what people are told adds up to the same"
    tokens = found.answers.tokens
    assert tokens.total == sum(one.total_tokens or 0 for one in generations)
    assert (tokens.reported, tokens.estimated) == (len(rows) - 3, 3)  # two that were cut off, and the stopped one
    lost = [row.cost_usd or 0 for row in rows if row.state != "completed"]
    assert found.answers.wasted_usd == sum(lost)
    begin, end = asked[0].created_at - timedelta(hours=1), asked[0].created_at + timedelta(hours=4)
    await database.write(rollups.roll_up, end)
    summed = await database.read(queries.totals, Filters(), Window(begin, end))
    assert (summed.answers.cost_usd, summed.answers.tokens) == (cost, tokens), "the same from sums"
    assert summed.calls.count == len(simulator.record())


async def test_percentiles_are_exact(asked: list[Generation], simulator: RunningSimulator) -> None:
    found = await database.read(lambda: queries.performance(Filters(), last_n=100))
    seen = [(one.first_token_at - one.created_at).total_seconds() for one in asked if one.first_token_at is not None]
    took = [(one.finished_at - one.created_at).total_seconds() for one in asked
            if one.state == "completed" and one.finished_at is not None]  # fmt: skip
    answers = found.answers
    for spread, values in ((answers.ttft, seen), (answers.latency, took)):
        assert spread.count == len(values)
        assert (spread.p50, spread.p95, spread.p99) == tuple(_nearest(values, percent) for percent in (50, 95, 99))
    [stopped] = [one for one in asked if one.state == "cancelled"]
    assert stopped.cancel_requested_at is not None
    assert stopped.finished_at is not None
    assert answers.cancel.p95 == (stopped.finished_at - stopped.cancel_requested_at).total_seconds()
    plain = found.by_model["plain"]
    assert plain.count == PLAIN
    assert plain.ttft.p50 is not None
    assert plain.ttft.p50 >= 0.2, "the simulator waited so long"
    [call] = await database.read(lambda: list(Attempt.objects.filter(model="stopped")))
    [request] = [one for one in simulator.record() if one["model"].endswith("tokens=5000")]
    assert call.finished_at is not None
    assert call.longest_gap_s is not None
    # Enough were read for one of them to come in time after another: the first of a call may all come late together.
    assert call.longest_gap_s >= 0.02 * 0.9, "50 tokens a second"
    assert found.by_model["stopped"].gap.count == 0, "it was not completed"
    assert request["tokens"] >= 1
