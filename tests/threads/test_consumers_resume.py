"""Coming back in the middle, and reading slowly: nothing is missing, nothing comes twice, a slow page costs nothing."""

import random
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from tests.fixtures_engine import Ask, ended, until
from tests.threads.conftest import OpenTab
from tests.threads.tab import Shown, Tab
from threads import database, render
from threads.generation import service
from threads.generation.fold import Answer
from threads.generation.runtime import Runtime
from threads.models import Event, Generation, Message
from threads.outbox import UNACKNOWLEDGED

RICH = "sim:ttft=0ms,rate=600,reasoning=40,citations=3,tokens=300"
SLOW = "sim:ttft=0ms,rate=60,tokens=5000"


def _copy(shown: Shown) -> Shown:
    return replace(shown, blocks=list(shown.blocks), end=None)


async def _watching(open_tab: OpenTab, user: User, started: Any, **have: Shown) -> Tab:
    tab = await open_tab(user)
    await tab.watch(started.thread_id, **have)
    return tab


async def _whole(started: Any) -> tuple[list[str], str, int]:
    message = await database.read(Message.objects.get, pk=started.message_id)
    return render.render(message.text), message.reasoning, len(message.citations)


# --- coming back -----------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_cut_anywhere_and_resumed_the_answer_is_whole(open_tab: OpenTab, user: User, ask: Ask, seed: int) -> None:
    """`Shown` refuses a patch that leaves a gap or brings what is known."""
    chance = random.Random(seed)
    started = await ask("hello", model=RICH)
    request_id = str(started.generation_id)
    shown = Shown()
    while shown.end is None:
        tab = await _watching(open_tab, user, started, **{request_id: _copy(shown)})
        patches = chance.randrange(1, 6)
        while patches and tab.shown[request_id].end is None:
            frame = await tab.next()
            patches -= frame["type"] == "patch"
        shown = tab.shown[request_id]
        await tab.leave()
    blocks, reasoning, sources = await _whole(started)
    assert shown.doubles == 0
    assert shown.blocks == blocks
    assert shown.reasoning == reasoning != ""
    assert shown.sources.count("<li>") == sources == 3
    assert shown.status is None
    assert shown.seq == await database.read(Event.objects.count)


async def test_from_every_place_it_ends_the_same(open_tab: OpenTab, user: User, ask: Ask) -> None:
    """Each state the first tab was ever in is continued by another, after the end."""
    started = await ask("hello", model=RICH)
    request_id = str(started.generation_id)
    first = await _watching(open_tab, user, started)
    states = [Shown()]
    while states[-1].end is None:
        await first.next()
        states.append(
            replace(first.shown.get(request_id, Shown()), blocks=list(first.shown.get(request_id, Shown()).blocks))
        )
    blocks, reasoning, _ = await _whole(started)
    tab = await open_tab(user)
    for state in states:
        tab.shown.clear()
        await tab.watch(started.thread_id, **{request_id: _copy(state)})
        shown = await tab.end_of(request_id)
        assert (shown.blocks, shown.reasoning) == (blocks, reasoning)
    assert len(states) >= 3  # a busy machine tells it in fewer patches


async def test_who_knows_all_is_told_the_end_alone(open_tab: OpenTab, user: User, ask: Ask) -> None:
    started = await ask("hello", model=RICH)
    first = await _watching(open_tab, user, started)
    shown = await first.end_of(started.generation_id)
    tab = await _watching(open_tab, user, started, **{str(started.generation_id): _copy(shown)})
    again = await tab.end_of(started.generation_id)
    assert again.end == shown.end
    assert "patch" not in [frame["type"] for frame in tab.frames]


async def test_what_began_meanwhile_comes_as_turns(open_tab: OpenTab, user: User, ask: Ask) -> None:
    first = await ended(await ask("one"))
    second = await ended(await ask("two", thread=first.thread))
    third = await ask("three", thread=first.thread, model=SLOW)
    tab = await open_tab(user)
    watching = await tab.watch(first.thread_id, **{str(first.pk): Shown()})
    assert watching["running"] == [str(third.generation_id)]
    await tab.hear("patch", request_id=str(third.generation_id))
    turns = [(frame["request_id"], frame["html"]) for frame in tab.frames if frame["type"] == "turn"]
    assert [request_id for request_id, _ in turns] == [str(second.pk), str(third.generation_id)]
    assert "two" in turns[0][1]
    assert "three" in turns[1][1]
    shown = tab.shown.get(str(second.pk), Shown())
    if shown.end is None:
        shown = await tab.end_of(second.pk)
    assert shown.blocks == render.render((await database.read(Message.objects.get, pk=second.message_id)).text)


async def test_watching_again_with_nothing_shows_all_again(open_tab: OpenTab, user: User, ask: Ask) -> None:
    started = await ask(model=SLOW)
    tab = await _watching(open_tab, user, started)
    await tab.hear("patch")
    await tab.watch(started.thread_id)
    tab.shown.clear()  # what was on its way before
    assert (await tab.hear("turn"))["request_id"] == str(started.generation_id)
    assert (await tab.hear("patch"))["after"] == 0


async def test_what_a_takeover_took_back_is_gone_everywhere(
    open_tab: OpenTab, user: User, ask: Ask, engine: Runtime
) -> None:
    """Text, reasoning and sources of an abandoned attempt do not stay on a page, connected or not."""
    engine.worker._limit = 0  # type: ignore[union-attr]  # the log is written here instead
    started = await ask()
    request_id = str(started.generation_id)

    async def append(*entries: tuple[str, dict[str, Any]]) -> None:
        appender = engine.writer.appender(
            started.generation_id, 0, Answer(seq=await database.read(Event.objects.count))
        )
        for kind, payload in entries:
            appender.append(kind, payload)
        await appender.flush()

    await database.write(Generation.objects.update, state="running")
    await append(
        ("reasoning", {"text": "Let me 🤔"}),
        ("delta", {"text": "# Wrong\n\nquite **wrong**\n\n"}),
        ("citation", {"url": "https://example.org/a", "title": "A"}),
        ("status", {"state": "thinking"}),
    )
    tab = await _watching(open_tab, user, started)
    while tab.shown.get(request_id, Shown()).seq < 5:
        await tab.hear("patch")
    before = _copy(tab.shown[request_id])
    assert (before.reasoning, len(before.blocks), before.sources.count("<li>")) == ("Let me 🤔", 2, 1)
    assert before.status is not None
    await append(("reset", {"keep_chars": 0}), ("delta", {"text": "Right."}))
    late = await _watching(open_tab, user, started, **{request_id: before})
    for one in (tab, late):
        while one.shown[request_id].seq < 7:
            await one.hear("patch")
        shown = one.shown[request_id]
        assert (shown.blocks, shown.reasoning, shown.sources) == (render.render("Right."), "", "")
        assert shown.status is None


@pytest.mark.parametrize("place", ["nothing", "the middle", "all"])
async def test_after_the_log_is_pruned_the_answer_is_whole(open_tab: OpenTab, user: User, ask: Ask, place: str) -> None:
    started = await ask("hello", model=RICH)
    first = await _watching(open_tab, user, started)
    middle = Shown()
    while (shown := first.shown.get(str(started.generation_id), Shown())).end is None:
        if len(shown.blocks) > 2 and not middle.seq:
            middle = _copy(shown)
        await first.next()
    await database.write(call_command, "prune_events", days=0)
    assert await database.read(Event.objects.count) == 0
    have = {"nothing": Shown(), "the middle": middle, "all": _copy(shown)}[place]
    tab = await _watching(open_tab, user, started, **{str(started.generation_id): have})
    again = await tab.end_of(started.generation_id)
    blocks, reasoning, _ = await _whole(started)
    assert (again.blocks, again.reasoning) == (blocks, reasoning)
    assert again.end is not None
    assert again.end["state"] == "completed"


# --- reading slowly --------------------------------------------------------------------------------------------
async def test_who_acknowledges_nothing_gets_so_many_patches_then_the_present(
    open_tab: OpenTab, user: User, ask: Ask
) -> None:
    started = await ask("hello", model="sim:ttft=0ms,rate=300,tokens=450")
    request_id = str(started.generation_id)
    slow, quick = await open_tab(user), await open_tab(user)
    slow.acknowledges = False
    for tab in (slow, quick):
        await tab.watch(started.thread_id)
    await quick.end_of(request_id)
    assert quick.shown[request_id].patches > UNACKNOWLEDGED + 1
    for _ in range(UNACKNOWLEDGED):
        await slow.hear("patch")
    assert await slow.all_so_far() == []
    await slow.say("ack", request_id=request_id, seq=0)  # acknowledges none
    assert await slow.all_so_far() == []
    first = next(frame for frame in slow.frames if frame["type"] == "patch")
    await slow.say("ack", request_id=request_id, seq=first["seq"])
    await slow.hear("patch")
    await slow.hear("end")
    assert await slow.all_so_far() == []
    assert slow.shown[request_id].patches == UNACKNOWLEDGED + 1
    assert slow.shown[request_id].blocks == quick.shown[request_id].blocks == (await _whole(started))[0]


@pytest.mark.slow
async def test_one_acknowledgement_lets_one_patch_through(open_tab: OpenTab, user: User, ask: Ask) -> None:
    started = await ask("hello", model=SLOW)
    request_id = str(started.generation_id)
    tab = await open_tab(user)
    tab.acknowledges = False
    await tab.watch(started.thread_id)
    for number in range(6):
        patches = [frame for frame in tab.frames if frame["type"] == "patch"]
        while len(patches) < number + UNACKNOWLEDGED:
            patches.append(await tab.hear("patch"))
        seen = await database.read(Event.objects.count)
        await until(lambda seen=seen: Event.objects.count() > seen + 2)  # type: ignore[misc]
        assert await tab.all_so_far() == []
        await tab.say("ack", request_id=request_id, seq=patches[number]["seq"])
        latest = await tab.hear("patch")
        assert latest["seq"] > seen  # the present, not what was next when it was held back
    await service.stop(started.generation_id)


@pytest.mark.slow
async def test_a_slow_reader_of_one_answer_holds_up_no_other(open_tab: OpenTab, user: User, ask: Ask) -> None:
    held, free = await ask("held", model=SLOW), await ask("free", model=RICH)
    tab = await open_tab(user)
    tab.acknowledges = False
    await tab.watch(held.thread_id)
    while tab.shown.get(str(held.generation_id), Shown()).patches < UNACKNOWLEDGED:
        await tab.hear("patch")
    tab.acknowledges = True
    await tab.watch(free.thread_id)
    shown = await tab.end_of(free.generation_id)
    assert shown.blocks == (await _whole(free))[0]
