"""A second deployment asked besides, as the engine stores it."""

from accounts.models import User
from tests.fixtures_engine import Ask, ended
from tests.simulator import RunningSimulator
from tests.threads.generation import candidates
from tests.threads.generation.candidates import SAYS
from threads import database
from threads.generation import service
from threads.generation.runtime import Runtime


async def test_the_quicker_one_answers_and_the_other_is_settled(
    engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    engine.board.hedges.share = 1.0
    models = {"a": [f"sim:{SAYS.replace('0ms', '5s')}", f"sim:{SAYS}"]}
    await database.write(candidates.make, simulator, models, hedge_after=0.1)
    found = await database.read(candidates.found, await ended(await ask(model="a")))
    assert found.calls == [("first", "a-1", "cancelled", ""), ("hedge", "a-2", "completed", "")]
    assert found.generation.message.text == simulator.record()[1]["text"] != ""
    assert (found.generation.provider, found.states) == ("a-2", ["connecting", "hedging"])
    assert simulator.record()[0]["disconnected"]
    assert [row.usage_source for row in found.rows] == ["unknown", "reported"]
    assert found.rows[0].finished_at < found.rows[1].finished_at, "it was cancelled at once, not in the end"
    assert not +engine.board.in_flight


async def test_a_stop_cancels_both(engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator) -> None:
    engine.board.hedges.share = 1.0
    models = {"a": ["sim:fault=silent", "sim:fault=no-head"]}
    await database.write(candidates.make, simulator, models, hedge_after=0.05)
    started = await ask(model="a")
    await simulator.until(lambda requests: len(requests) == 2)
    assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"
    await simulator.until(lambda requests: all(request["disconnected"] for request in requests))
    found = await database.read(candidates.found, await ended(started))
    assert found.calls == [("first", "a-1", "cancelled", ""), ("hedge", "a-2", "cancelled", "")]
    assert not +engine.board.in_flight


async def test_without_a_share_nobody_is_asked_besides(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    """The setting's usual value is a fiftieth: the first request has earned none."""
    models = {"a": [f"sim:{SAYS.replace('0ms', '300ms')}", f"sim:{SAYS}"]}
    await database.write(candidates.make, simulator, models, hedge_after=0.05)
    found = await database.read(candidates.found, await ended(await ask(model="a")))
    assert found.calls == [("first", "a-1", "completed", "")]
