"""Budgets at the engine's door: what a process knows, when it learns of more, and what it refuses."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import Budget, Organization, User
from accounts.services import personal_organization
from providers.models import Model
from tests.fixtures_engine import Ask, ended
from tests.simulator import RunningSimulator
from tests.tcp_proxy import TcpProxy
from tests.threads.generation import candidates
from tests.threads.generation.apart import apart
from tests.threads.generation.worker_process import WorkerProcess
from threads import budgets, database, purse
from threads.generation import runtime, service
from threads.generation.errors import Refused
from threads.generation.runtime import Runtime
from threads.models import Attempt, Generation

FIVE = "sim:ttft=0ms,rate=max,tokens=50"  # dollars
SLOW = "sim:ttft=0ms,rate=120,tokens=50"
Give = Callable[..., Awaitable[Budget]]


@pytest.fixture
def give(transactional_db: None, registry: Callable[[str], Model], user: User) -> Give:
    """`await give(10, hard=True)`: `user` gets this budget, and a dollar buys ten tokens of `FIVE`."""

    def make(amount: float, *, of: User | Organization | None = None, **columns: Any) -> Budget:
        for name in (FIVE, SLOW):
            if not Model.objects.filter(name=name).exists():
                registry(name)
        Model.objects.update(price_input=0, price_output=100_000)
        whose = {"organization": of} if isinstance(of, Organization) else {"user": of or user}
        return Budget.objects.create(amount_usd=amount, **whose, **columns)

    async def given(amount: float, **columns: Any) -> Budget:
        budget = await database.write(make, amount, **columns)
        for engine in list(runtime._runtimes.values()):
            await engine.purse._look()  # where one runs, it knows
        return budget

    return given


@pytest.fixture
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the look at the start is made."""
    monkeypatch.setattr(purse, "KEEP", 3600.0)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purse, "KEEP", 0.01)
    monkeypatch.setattr(purse, "IDLE", 0.02)


async def refused(ask: Ask, **more: Any) -> Refused:
    with pytest.raises(Refused) as told:
        await ask(model=FIVE, **more)
    assert told.value.status == 402
    return told.value


async def until_refused(ask: Ask) -> Refused:
    """As soon as it is. What is asked before that is answered."""
    async with asyncio.timeout(20):
        while True:
            try:
                await ended(await ask(model=FIVE))
            except Refused as refusal:
                if refusal.status != 402:
                    raise
                return refusal


# --- one process -------------------------------------------------------------------------------------------------
async def test_a_hard_budget_lets_in_until_it_is_reached(
    give: Give, seldom: None, engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    """What an answer of this process costs is known with its end, without another look."""
    await give(8, hard=True)
    await ended(await ask(model=FIVE))
    await ended(await ask(model=FIVE))
    refusal = await refused(ask)
    assert refusal.type == "budget_reached"
    assert refusal.retry_after is None
    assert refusal.message.startswith("Your budget for this month is used up: $10.00 of $8.00 is spent.")
    assert "(UTC), or when staff of this site raise it." in refusal.message
    assert await database.read(Generation.objects.count) == len(simulator.record()) == 2
    [standing] = await database.read(budgets.standings)
    assert standing.spent_usd == sum(request["tokens"] for request in simulator.record()) / 10 == 10


async def test_a_soft_budget_refuses_nothing(give: Give, engine: Runtime, ask: Ask) -> None:
    await give(1)
    for _ in range(3):
        await ended(await ask(model=FIVE))
    [standing] = await database.read(budgets.standings)
    assert (standing.state, standing.spent_usd) == ("reached", 15)


async def test_an_organisation_s_holds_for_all_its_members_and_nobody_else(
    give: Give, engine: Runtime, ask: Ask, user: User, other_user: User, organization: Organization
) -> None:
    await give(5, of=organization, hard=True)
    await ended(await ask(model=FIVE))
    assert "of “" in (await refused(ask)).message
    theirs = await database.write(lambda: personal_organization(user=other_user))
    with pytest.raises(Refused, match="is used up"):
        await service.start(user=other_user, organization=organization, text="hello", model=FIVE)
    await service.start(user=user, organization=theirs, text="hello", model=FIVE)
    await service.start(user=other_user, organization=theirs, text="hello", model=FIVE)


async def test_an_answer_under_way_is_not_cut_off(
    give: Give, engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    await give(5, hard=True)
    slow = await ask(model=SLOW)
    await simulator.until(lambda record: bool(record and record[0]["tokens"]))
    await ended(await ask(model=FIVE))
    await refused(ask)
    assert not (await database.read(Generation.objects.get, pk=slow.generation_id)).ended
    assert (await ended(slow)).state == "completed"


async def test_what_is_sent_again_is_no_new_question(give: Give, seldom: None, engine: Runtime, ask: Ask) -> None:
    await give(5, hard=True)
    first = await ask(model=FIVE, key="once")
    await ended(first)
    again = await ask(model=FIVE, key="once")
    assert (again.generation_id, again.repeated) == (first.generation_id, True)
    await refused(ask, key="other")
    await refused(ask, text="something else", key="once")


async def test_the_first_question_waits_for_what_has_to_be_known(
    give: Give, seldom: None, ask: Ask, user: User
) -> None:
    """A process that has just started, and is asked in the same moment."""
    await give(5, hard=True)
    runtime.start(work=True)
    await ended(await ask(model=FIVE))
    await runtime.stop()
    engine = runtime.start(work=True)
    assert not engine.purse.has_budgets
    await refused(ask)
    await runtime.stop()


@pytest.mark.slow
async def test_a_change_is_in_force_soon(give: Give, often: None, engine: Runtime, ask: Ask) -> None:
    await ended(await ask(model=FIVE))
    budget = await give(5, hard=True)
    await until_refused(ask)
    for change in ({"amount_usd": 1000}, {"amount_usd": 1, "hard": False}):
        await database.write(Budget.objects.filter(pk=budget.pk).update, **change)
        async with asyncio.timeout(20):
            while True:
                try:
                    await ended(await ask(model=FIVE))
                    break
                except Refused:
                    await asyncio.sleep(0.01)
        await database.write(Budget.objects.filter(pk=budget.pk).update, amount_usd=1, hard=True)
        await until_refused(ask)
    await database.write(budget.delete)
    async with asyncio.timeout(20):
        while engine.purse.has_budgets:
            await asyncio.sleep(0.01)
    await ended(await ask(model=FIVE))


async def test_the_next_month_begins_by_itself(
    give: Give, seldom: None, engine: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(5, hard=True)
    await ended(await ask(model=FIVE))
    await refused(ask)
    _, following = budgets.month()
    monkeypatch.setattr(budgets, "_now", lambda: following)
    await ended(await ask(model=FIVE))


# --- nothing twice -----------------------------------------------------------------------------------------------
async def _alike(engine: Runtime) -> Decimal:
    """What the process knows without another look, which has to be what the rows say and what a look says."""
    [known] = [engine.purse._standing(whose) for whose in engine.purse._known]
    rows = await database.read(lambda: Attempt.objects.aggregate(sum=Sum("cost_usd"))["sum"])
    [standing] = await database.read(budgets.standings)
    await engine.purse._look()
    [after] = [engine.purse._standing(whose) for whose in engine.purse._known]
    assert known is not None
    assert after is not None
    assert known.spent_usd == round(rows, 8) == standing.spent_usd == after.spent_usd > 0
    return known.spent_usd


@pytest.mark.parametrize(
    ("upstreams", "columns", "calls"),
    [
        (["sim:{},fault=cut@7", "sim:{}"], {}, ["failed", "completed"]),
        (["sim:{},fault=503,times=1"], {}, ["failed", "completed"]),
        (["sim:{},fault=cut@3,times=1", "sim:{}"], {}, ["failed", "completed"]),
        (["sim:ttft=5s,tokens=40", "sim:{}"], {"hedge_after": 0.05}, ["cancelled", "completed"]),
    ],
    ids=["fallback", "retry", "anew", "hedge"],
)
async def test_several_calls_count_once_each(
    give: Give, seldom: None, engine: Runtime, ask: Ask, simulator: RunningSimulator, upstreams: list[str],
    columns: dict[str, Any], calls: list[str],
) -> None:  # fmt: skip
    engine.board.hedges.share = 1.0
    await give(10_000)
    says = candidates.SAYS
    models = {"a": [upstream.format(says) for upstream in upstreams]}
    await database.write(
        lambda: candidates.make(simulator, models, price_input=100_000, price_output=100_000, **columns)
    )
    generation = await ended(await ask(model="a"))
    found = await database.read(candidates.found, generation)
    assert [row.state for row in found.rows] == calls
    assert await _alike(engine) == round(Decimal(generation.cost_usd or 0), 8)


async def test_a_takeover_counts_what_was_lost_once(
    give: Give, seldom: None, ask: Ask, simulator: RunningSimulator
) -> None:
    """The second owner knows what the first one's call cost, and counts its own."""
    await give(10_000)
    first = runtime.start(work=True)
    await first.purse.ready()
    started = await ask(model=SLOW)
    await simulator.until(lambda record: bool(record and record[0]["tokens"]))
    await runtime.stop()  # hands over
    engine = runtime.start(work=True)
    await engine.purse.ready()
    generation = await ended(started)
    rows = await database.read(lambda: list(generation.attempts.order_by("number")))
    assert [row.kind for row in rows] == ["first", "takeover"]
    assert all(row.cost_usd for row in rows)
    await _alike(engine)
    await runtime.stop()


# --- several processes -------------------------------------------------------------------------------------------
@pytest.mark.slow
async def test_what_another_process_spends_is_learned(give: Give, often: None, ask: Ask) -> None:
    await give(8, hard=True)
    async with apart() as (web, other):
        assert not web.worker
        assert other.worker is not None
        assert "of $8.00 is spent" in (await until_refused(ask)).message


@pytest.mark.slow
async def test_what_a_real_process_spends_is_learned(give: Give, often: None, ask: Ask) -> None:
    await give(8, hard=True)
    web = runtime.start(work=False)
    worker = await asyncio.to_thread(WorkerProcess)
    try:
        await asyncio.to_thread(worker.ready)
        assert "of $8.00 is spent" in (await until_refused(ask)).message
    finally:
        await asyncio.to_thread(worker.close)
        await runtime.stop()
    assert web.worker is None


@pytest.mark.postgres
async def test_without_a_database_what_was_known_stands(
    give: Give, line: TcpProxy, often: None, ask: Ask, engine: Runtime, user: User, organization: Organization
) -> None:
    await give(5, hard=True)
    await until_refused(ask)
    line.away()
    while not engine.purse._away:
        await asyncio.sleep(0.01)
    with pytest.raises(Refused, match="is used up"):
        engine.purse.allow(user.pk, organization.pk)
    line.back()
