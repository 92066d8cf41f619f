"""Costs of answers that the engine wrote, to the last digit of what the simulator's own record says it said.

Only what is written has a price here: the record counts that, and the adapters have no part in it.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization, User
from metrics import costs, rollups
from metrics.costs import BYS
from metrics.figures import Filters, Window
from metrics.spans import DAY, floor
from providers.models import Deployment
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.generation import candidates
from tests.threads.generation.rows import generation_in, store, thread_of
from threads import database
from threads.generation import service
from threads.generation.context import estimate_tokens
from threads.generation.entries import Entry
from threads.generation.runtime import Runtime
from threads.models import Attempt, Event, Generation, Thread
from threads.services import threads

pytestmark = pytest.mark.slow
PRICE = Decimal("0.000006")  # of a token that is written
PRICES = {"price_input": Decimal(0), "price_output": Decimal(6)}
SAYS = "rate=max,text=lorem,ttft=0ms"
# Each deployment has a name of its own, by which its calls are found in the record; and the kind of its call that ends
# well, where one does.
MODELS = {
    "plain": {f"sim:{SAYS},tokens=20,reasoning=9": "first"},
    "retried": {f"sim:{SAYS},tokens=21,fault=503,times=1": "retry"},
    "hedged": {"sim:rate=max,text=lorem,ttft=5s,tokens=22": "", f"sim:{SAYS},tokens=23": "hedge"},
    "taken": {f"sim:{SAYS},tokens=25,seed=2": "takeover"},
    "stopped": {"sim:ttft=0ms,rate=50,tokens=5000": ""},
}
CUT, CAUGHT = f"sim:{SAYS},tokens=24,fault=cut@7", f"sim:{SAYS},tokens=24"
FALLING = {"cut": [CUT], "caught": [CAUGHT]}
LEFT = "The worker wrote so much, and died."


@pytest.fixture
async def asked(
    engine: Runtime, ask: Ask, user: User, organization: Organization, simulator: RunningSimulator
) -> list[Generation]:
    engine.board.hedges.share = 1.0
    for name, upstreams in MODELS.items():
        hedge = {"hedge_after": 0.1} if name == "hedged" else {}
        await database.write(candidates.make, simulator, {name: list(upstreams)}, **PRICES, **hedge)
    await database.write(candidates.make, simulator, FALLING, **PRICES)
    started = await asyncio.gather(*(ask(model=model) for model in ("plain", "plain", "retried", "hedged", "cut")))
    left = await database.write(_left, user)
    engine.hub.publish("work")
    stopped = await ask(model="stopped")
    await until(lambda: Event.objects.filter(generation=stopped.generation_id, type="delta").count() > 2)
    await service.cancel(user=user, request_id=stopped.generation_id)
    await until(lambda: Generation.objects.get(pk=left.pk).ended)
    generations = [await ended(one) for one in [*started, stopped]]
    return [*generations, await database.read(lambda: Generation.objects.get(pk=left.pk))]


def _left(user: User) -> Generation:
    """An answer whose worker died in the middle of its first call."""
    row = generation_in(thread_of(user), owner="dead", requested_model="taken")
    deployment = Deployment.objects.select_related("provider", "model").get(model__name="taken")
    Attempt.objects.create(
        generation=row, number=1, epoch=1, kind="first", deployment=deployment, provider=deployment.provider.name,
        model="taken", upstream=deployment.upstream, sent_at=datetime.now(UTC),
    )  # fmt: skip
    store(row.pk, [Entry.of(2, "attempt", {"number": 1}), Entry.of(3, "delta", {"text": LEFT})])
    Generation.objects.filter(pk=row.pk).update(lease_expires_at=datetime.now(UTC) - timedelta(hours=1))
    return row


def _estimate(text: str) -> Decimal:
    """Of what broke off nobody told the tokens."""
    return PRICE * estimate_tokens(len(text))


async def test_to_the_last_digit(asked: list[Generation], simulator: RunningSimulator) -> None:
    record = simulator.record()
    expected: dict[tuple[str, str], Decimal] = {}
    for upstreams in MODELS.values():
        for upstream, kind in upstreams.items():
            whole = [one for one in record if one["model"] == upstream and one["finished_at"] and one["status"] == 200]
            if kind:
                said = sum(one["tokens"] + one["reasoning_tokens"] for one in whole)
                expected[kind, "completed"] = PRICE * said
    [caught] = [one for one in record if one["model"] == CAUGHT]
    [cut] = [one for one in record if one["model"] == CUT]
    [stopped] = [one for one in record if one["model"].endswith("tokens=5000")]
    expected["fallback", "completed"] = PRICE * caught["tokens"]
    expected["first", "failed"] = _estimate(cut["text"])
    expected["first", "lost"] = _estimate(LEFT)
    today = Window(floor(asked[0].created_at, DAY), floor(datetime.now(UTC), DAY) + DAY)

    for by in BYS:
        found = await database.read(costs.costs, Filters(), by, today)
        spent = dict(found.total.spent)
        assert 0 < spent.pop(("first", "cancelled")) <= _estimate(stopped["text"]), "of what it said, what came"
        assert spent == expected, by
        assert found.total.cost_usd == sum(found.total.spent.values())
        assert found.total.count == len(record) + 1, "and the call that was lost, of which the simulator heard nothing"
        assert found.total.unpriced == 0
        assert sum(line.figures.cost_usd or 0 for line in found.lines) == found.total.cost_usd
    told = await database.read(lambda: list(Generation.objects.values_list("cost_usd", flat=True)))
    assert found.total.cost_usd == sum(filter(None, told)), "what people are told adds up to the same"

    await database.write(rollups.roll_up, today.end + DAY)
    for by in BYS:
        assert (await database.read(costs.costs, Filters(), by, today)).total.spent == found.total.spent, "from sums"


async def test_of_what_is_deleted_the_costs_stay(asked: list[Generation]) -> None:
    today = Window(floor(asked[0].created_at, DAY), floor(datetime.now(UTC), DAY) + DAY)

    def delete_all() -> None:
        for thread in Thread.objects.all():
            threads.delete(thread=thread)

    before = await database.read(costs.costs, Filters(), "thread", today)
    assert len(before.lines) == len(asked)
    await database.write(delete_all)
    after = await database.read(costs.costs, Filters(), "thread", today)
    assert [(line.rest, line.figures) for line in after.lines] == [("deleted", before.total)]
