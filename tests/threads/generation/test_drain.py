"""The steps by which a process ends, in one process: what each leaves to the next, and that nothing falls between."""

import asyncio
import subprocess
import sys

import pytest

from accounts.models import Organization, User
from providers.types import Message
from tests.fixtures_engine import Ask, until
from threads import database
from threads.generation import runtime, service, worker
from threads.generation.prompts import Prompt
from threads.generation.questions import Completion, Question
from threads.generation.runtime import Runtime
from threads.generation.visitors import Visitors
from threads.models import Event, Generation

ENDLESS = "sim:ttft=0ms,rate=20,tokens=2000"  # long enough; the simulator makes the whole text at the start
_State = Generation.State


def _states() -> list[tuple[str, bool]]:
    """Of each generation, in the order they were asked: its state, and whether somebody owns it."""
    rows = Generation.objects.order_by("created_at").values_list("state", "owner")
    return [(state, bool(owner)) for state, owner in rows]


async def test_while_it_drains_its_own_doors_are_served(engine: Runtime, ask: Ask) -> None:
    engine.drain()
    await ask(model=ENDLESS)
    await until(lambda: Event.objects.filter(type="delta").exists())
    assert await database.read(_states) == [("running", True)]


async def test_while_it_drains_the_queue_is_left_to_others(engine: Runtime, ask: Ask) -> None:
    assert engine.worker is not None
    engine.worker._limit = 1
    running = await ask(model=ENDLESS)
    await ask(model=ENDLESS)
    engine.drain()
    await service.stop(running.generation_id)  # now there is room
    engine.hub.publish("work")
    await asyncio.sleep(0)
    await asyncio.wait(engine.worker._tasks[:1])  # whoever claims has ended
    assert await database.read(_states) == [("cancelled", True), ("queued", False)]


async def test_once_it_closes_questions_are_stored_and_left(engine: Runtime, ask: Ask) -> None:
    await ask(model=ENDLESS)
    await until(lambda: Event.objects.filter(type="delta").exists())
    await engine.close()
    await ask(model=ENDLESS)
    assert await database.read(_states) == [("running", False), ("queued", False)]


@pytest.mark.slow
async def test_questions_in_the_moment_of_the_end_are_stored(
    engine: Runtime, ask: Ask, user: User, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HAND_OVER", 30.0)
    await ask(model=ENDLESS)
    questions = [Question(user, organization, f"Question {number}", model=ENDLESS) for number in range(70)]
    asked = [asyncio.create_task(engine.starter.begin(question)) for question in questions]
    await asyncio.sleep(0)  # some are on their way to the database soon, most still wait for their turn
    await runtime.stop()
    begun = await asyncio.wait_for(asyncio.gather(*asked), 30)
    assert len(begun) == len(questions)
    rows = await database.read(_states)
    assert len(rows) == 1 + len(questions)
    assert not any(owned for _, owned in rows)


async def test_what_a_program_waits_for_is_not_handed_over(
    engine: Runtime, ask: Ask, user: User, organization: Organization
) -> None:
    """It keeps its lease while all else is handed over, until its time is up."""
    await ask(model=ENDLESS)
    prompt = Prompt((Message("user", "hello"),))
    begun = await service.complete(Completion(user, organization, prompt, prompt.stored(), ENDLESS))
    leave = engine.programs.enter(lambda: None, begun.generation.pk)
    closing = asyncio.create_task(engine.close())
    await until(lambda: _states() == [("running", False), ("running", True)])
    leave()
    await closing
    await runtime.stop()
    assert await database.read(_states) == [("running", False), ("running", False)]


async def test_visitors_are_asked_and_waited_for() -> None:
    visitors, asked = Visitors(), []
    await visitors.gone(10)  # there are none
    one, other = visitors.enter(lambda: asked.append("one")), visitors.enter(lambda: asked.append("other"))
    visitors.ask_to_leave()
    late = visitors.enter(lambda: asked.append("late"))
    assert asked == ["one", "other", "late"]
    waiting = asyncio.create_task(visitors.gone(10))
    for leave in (one, one, other):
        leave()
    await asyncio.sleep(0)
    assert not waiting.done()
    late()
    await waiting
    visitors.enter(lambda: None)
    await visitors.gone(0.01)  # who stays is not waited for any longer


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("s.asked(); s.asked(); time.sleep(60)", "Asked again"),
        ("shutdown.LIMIT = 0.05; s = shutdown.Shutdown(0); s.asked(); time.sleep(60)", "did not end within 0.05 s"),
    ],
)
def test_the_end_comes(code: str, why: str) -> None:
    """At once when asked for twice, and also where something never ends."""
    script = f"import time\nfrom threads import shutdown\ns = shutdown.Shutdown(0)\n{code}"
    ended = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert why in ended.stderr
