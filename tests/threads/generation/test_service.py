"""Starting: what is refused, what is never doubled."""

import asyncio

import pytest

from accounts.models import Organization, User
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from threads import database
from threads.generation import service, starter
from threads.generation.errors import Refused
from threads.generation.runtime import Runtime
from threads.models import Message, Thread


@pytest.mark.parametrize(
    ("text", "status"), [("", 400), (" \n\t ", 400), ("x" * 100_001, 413)], ids=["empty", "blank", "too long"]
)
async def test_text_that_cannot_be_sent(engine: Runtime, ask: Ask, text: str, status: int) -> None:
    with pytest.raises(Refused) as refusal:
        await ask(text)
    assert refusal.value.status == status
    assert await database.read(Thread.objects.count) == 0


async def test_unknown_model_names_the_nearest(engine: Runtime, ask: Ask, registry: object) -> None:
    await ended(await ask(model="sim:tokens=3"))
    thread = await database.read(Thread.objects.get)
    owner = await database.read(lambda: Thread.objects.select_related("owner", "organization").get())
    with pytest.raises(Refused, match="Did you mean") as refusal:
        await service.start(
            user=owner.owner, organization=owner.organization, text="hi", thread=thread, model="sim:tokens=4"
        )
    assert refusal.value.status == 422


async def test_two_sends_at_once_to_one_thread(engine: Runtime, ask: Ask) -> None:
    await ended(await ask(model="sim:tokens=3,ttft=0ms"))
    thread = await database.read(Thread.objects.get)
    slow = "sim:ttft=300ms,tokens=3"
    results = await asyncio.gather(*(ask(f"q{n}", model=slow, thread=thread) for n in range(4)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, Refused)]
    assert [refusal.status for refusal in refused] == [409, 409, 409]
    [won] = [result for result in results if not isinstance(result, Exception)]
    assert (await ended(won)).state == "completed"
    assert await database.read(Message.objects.count) == 4  # nothing of the refused ones is left


async def test_the_same_key_twice_begins_once(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    results = await asyncio.gather(*(ask("hello", key="k1") for _ in range(5)))
    assert len({result.generation_id for result in results}) == 1
    assert sorted(result.repeated for result in results) == [False, True, True, True, True]
    await ended(results[0])
    assert len(simulator.record()) == 1
    with pytest.raises(Refused, match="another message") as refusal:
        await ask("something else", key="k1")
    assert refusal.value.status == 409


async def test_the_same_key_twice_in_one_thread_begins_once(
    engine: Runtime, ask: Ask, user: User, organization: Organization
) -> None:
    first = await ended(await ask("one", model="sim:tokens=3,ttft=0ms"))
    same = {"user": user, "organization": organization, "thread": first.thread, "idempotency_key": "k2"}
    results = await asyncio.gather(*(service.start(text="two", **same) for _ in range(5)))
    assert len({result.generation_id for result in results}) == 1
    assert sorted(result.repeated for result in results) == [False, True, True, True, True]
    await ended(results[0])


async def test_the_branch_is_sent(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    first = await ended(await ask("one", model="sim:tokens=3,ttft=0ms"))
    await ended(await ask("two", model="sim:tokens=3,ttft=0ms", thread=first.thread))
    roles = simulator.record()[-1]
    assert roles["prompt"] == "two"
    rows = await database.read(
        lambda: list(Message.objects.order_by("created_at", "-role").values_list("role", "parent__text"))
    )
    assert [role for role, _ in rows] == ["user", "assistant", "user", "assistant"]


async def test_unfit_characters_are_stored_as_replacements(engine: Runtime, ask: Ask) -> None:
    generation = await ended(await ask("a\x00b\ud800c"))
    question = await database.read(lambda: Message.objects.get(role="user"))
    assert question.text == "a\ufffdb\ufffdc"
    assert generation.state == "completed"


async def test_a_burst_is_told_also_where_the_server_stops_meanwhile(
    engine: Runtime, ask: Ask, user: User, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A burst is told a little after it was stored: the calls to the providers go first."""
    model = "sim:tokens=1"
    await ended(await ask(model=model))
    monkeypatch.setattr(starter, "TELL_AFTER", 60.0)
    burst = (service.start(user=user, organization=organization, text=f"q{n}", model=model) for n in range(20))
    asked = [asyncio.create_task(question) for question in burst]
    await until(lambda: Thread.objects.count() == 21)
    await engine.starter.stop()
    async with asyncio.timeout(5):
        assert len({started.thread_id for started in await asyncio.gather(*asked)}) == 20
