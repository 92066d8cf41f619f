"""An answer from question to end, at the simulator over real HTTP."""

from tests.fixtures_engine import Ask, ended
from tests.simulator import RunningSimulator
from threads import database
from threads.generation import log
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.models import Attempt


async def test_an_answer_is_what_the_provider_said(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    started = await ask("hello", model="sim:tokens=40,rate=400")
    generation = await ended(started)
    assert (generation.state, generation.finish_reason, generation.error_message) == ("completed", "stop", "")
    said = simulator.record()[0]["text"]
    assert generation.message.text == said
    entries = await database.read(log.entries, generation.pk)
    assert fold(entries).text == said
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))


async def test_a_call_is_accounted_for(engine: Runtime, ask: Ask) -> None:
    generation = await ended(await ask("hello", model="sim:tokens=12,rate=400"))
    attempt = await database.read(Attempt.objects.get)
    assert (attempt.state, attempt.kind, attempt.number, attempt.provider) == ("completed", "first", 1, "simulator")
    assert attempt.usage_source == "reported"
    assert attempt.completion_tokens == generation.completion_tokens == 12
    assert attempt.sent_at <= attempt.opened_at <= attempt.first_token_at <= attempt.last_token_at
    assert attempt.http_status == 200
