"""Asking by the WebSocket: what is sent, shown, stopped and deleted, and what two tabs see of it."""

import asyncio
import uuid
from typing import Any

import pytest

from accounts.models import User
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.conftest import OpenTab
from tests.threads.tab import Tab
from threads import database, render
from threads.generation import service
from threads.generation.runtime import Runtime
from threads.models import Event, Generation, Message, Thread

QUICK = "sim:ttft=0ms,rate=400,tokens=60"
SLOW = "sim:ttft=0ms,rate=50,tokens=5000"
RICH = "sim:ttft=0ms,rate=1000,reasoning=30,citations=3"


async def _answer(request_id: Any) -> Generation:
    return await database.read(Generation.objects.select_related("message", "thread").get, pk=request_id)


async def _send(tab: Tab, text: str = "hello", **fields: Any) -> dict[str, Any]:
    await tab.say("send", id=text, text=text, **fields)
    return await tab.hear("sent", id=text)


# --- asking ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", [QUICK, RICH, "sim:text=unicode,rate=1000,ttft=0ms,split=utf8"])
async def test_what_a_tab_sees_grow_is_what_is_stored(
    open_tab: OpenTab, user: User, registry: Any, model: str, simulator: RunningSimulator
) -> None:
    await database.write(registry, model)
    tab = await open_tab(user)
    sent = await _send(tab, model=model)
    assert sent["repeated"] is False
    turn = await tab.hear("turn", request_id=sent["request_id"], message_id=sent["message_id"])
    assert "hello" in turn["html"]
    shown = await tab.end_of(sent["request_id"])
    assert [frame["type"] for frame in tab.frames].count("turn") == 1
    stored = await _answer(sent["request_id"])
    assert stored.message is not None
    assert stored.message.text == simulator.record()[0]["text"]
    assert shown.blocks == render.render(stored.message.text)
    assert shown.reasoning == stored.message.reasoning
    assert shown.stable == len(shown.blocks)
    assert shown.sources.count("<li>") == len(stored.message.citations)
    assert shown.status is None
    assert shown.end is not None
    assert (shown.end["state"], shown.end["seq"]) == ("completed", shown.seq)
    assert shown.seq == await database.read(Event.objects.count)
    assert shown.end["footer"]


async def test_it_comes_in_pieces_while_it_is_written(open_tab: OpenTab, user: User, registry: Any) -> None:
    await database.write(registry, SLOW)
    tab = await open_tab(user)
    sent = await _send(tab, model=SLOW)
    for _ in range(8):
        await tab.hear("patch")
    assert (await _answer(sent["request_id"])).state == "running"
    assert "".join(tab.shown[sent["request_id"]].blocks)


async def test_a_turn_comes_before_its_patches(open_tab: OpenTab, user: User, registry: Any) -> None:
    await database.write(registry, QUICK)
    tab = await open_tab(user)
    sent = await _send(tab, model=QUICK)
    await tab.end_of(sent["request_id"])
    for number in range(5):
        sent = await _send(tab, f"question {number}", thread=sent["thread"])
        await tab.end_of(sent["request_id"])
        kinds = [f["type"] for f in tab.frames if f.get("request_id") == sent["request_id"] and f["type"] != "sent"]
        assert kinds[0] == "turn"
        assert kinds.count("turn") == 1
        assert kinds[-1] == "end"
    assert await database.read(Thread.objects.count) == 1
    assert await database.read(Message.objects.count) == 12


async def test_the_list_hears_of_it(open_tab: OpenTab, user: User, other_user: User, registry: Any) -> None:
    await database.write(registry, QUICK)
    tab, another, strangers = await open_tab(user), await open_tab(user), await open_tab(other_user)
    sent = await _send(tab, "The title of it all", model=QUICK)
    entry = await another.hear("entry", thread=sent["thread"], gone=False)
    assert "The title of it all" in entry["html"]
    await until(lambda: Generation.objects.get().ended)
    assert await strangers.all_so_far() == []


async def test_a_model_that_cannot_answer_ends_it_in_words(open_tab: OpenTab, user: User, registry: Any) -> None:
    model = "sim:ttft=0ms,rate=400,fault=cut@20"
    await database.write(registry, model)
    tab = await open_tab(user)
    sent = await _send(tab, model=model)
    shown = await tab.end_of(sent["request_id"])
    stored = await _answer(sent["request_id"])
    assert shown.end is not None
    assert shown.end["state"] == "failed"
    assert stored.error_message.split(".")[0] in shown.end["footer"].replace("&#x27;", "'")
    assert shown.blocks == render.render(stored.message.text) != []


# --- twice and at once -----------------------------------------------------------------------------------------
async def test_the_same_key_twice_is_sent_once(open_tab: OpenTab, user: User, registry: Any) -> None:
    await database.write(registry, QUICK)
    tab, another = await open_tab(user), await open_tab(user)
    sent = await _send(tab, model=QUICK, key="k")
    again = await _send(another, model=QUICK, key="k")
    assert {**again, "repeated": False} == sent
    assert again["repeated"] is True
    await ended(
        service.Started(uuid.UUID(sent["request_id"]), uuid.UUID(sent["thread"]), uuid.UUID(int=0), uuid.UUID(int=0))
    )
    assert await database.read(Message.objects.count) == 2
    await tab.say("send", id="other", text="something else", key="k", model=QUICK)
    assert (await tab.hear("error", id="other"))["error"]["type"] == "key_used"


async def test_of_two_at_once_one_is_answered(open_tab: OpenTab, user: User, ask: Ask, registry: Any) -> None:
    thread = (await ended(await ask(model=QUICK))).thread_id
    await database.write(registry, SLOW)
    tab = await open_tab(user)
    for name in ("a", "b"):
        await tab.say("send", id=name, text=name, thread=str(thread), model=SLOW)
    outcomes = []
    while len(outcomes) < 2:
        frame = await tab.next()
        if frame["type"] in {"sent", "error"}:
            outcomes.append(frame)
    assert sorted(frame["type"] for frame in outcomes) == ["error", "sent"]
    refused = next(frame for frame in outcomes if frame["type"] == "error")
    assert refused["error"]["type"] == "already_running"
    assert "Wait for it, or stop it" in refused["error"]["message"]
    assert await database.read(Generation.objects.count) == 2


async def test_a_page_that_sends_and_is_gone_is_answered(open_tab: OpenTab, user: User, registry: Any) -> None:
    await database.write(registry, QUICK)
    tab = await open_tab(user)
    await tab.say("send", id="1", text="Answer me all the same", model=QUICK)
    await asyncio.sleep(0)  # it has read the frame, and not more
    await tab.leave()
    await until(lambda: Generation.objects.filter(state="completed").count() == 1)


# --- two tabs --------------------------------------------------------------------------------------------------
async def test_two_tabs_see_the_same(open_tab: OpenTab, user: User, registry: Any) -> None:
    await database.write(registry, RICH)
    tabs = [await open_tab(user), await open_tab(user)]
    sent = await _send(tabs[0], model=RICH)
    assert (await tabs[1].watch(sent["thread"]))["running"] == [sent["request_id"]]
    one, other = await asyncio.gather(*(tab.end_of(sent["request_id"]) for tab in tabs))
    assert (one.blocks, one.reasoning, one.sources) == (other.blocks, other.reasoning, other.sources)
    assert one.end == other.end
    # What is asked in the one comes to the other by itself.
    again = await _send(tabs[1], "again", thread=sent["thread"])
    one, other = await asyncio.gather(*(tab.end_of(again["request_id"]) for tab in tabs))
    assert one.blocks == other.blocks == render.render((await _answer(again["request_id"])).message.text)


async def test_what_is_no_longer_watched_is_no_longer_told(open_tab: OpenTab, user: User, registry: Any) -> None:
    await database.write(registry, SLOW)
    tab = await open_tab(user)
    sent = await _send(tab, model=SLOW)
    await tab.hear("patch")
    await tab.say("unwatch", thread=sent["thread"])
    await tab.all_so_far()
    seen = await database.read(Event.objects.count)
    await until(lambda: Event.objects.count() > seen + 3)
    assert {frame["type"] for frame in await tab.all_so_far()} <= {"entry"}


# --- stopping --------------------------------------------------------------------------------------------------
async def test_a_stop_keeps_the_text(open_tab: OpenTab, user: User, registry: Any, simulator: RunningSimulator) -> None:
    await database.write(registry, SLOW)
    tab, another = await open_tab(user), await open_tab(user)
    sent = await _send(tab, model=SLOW)
    await another.watch(sent["thread"])
    while not tab.shown.get(sent["request_id"]) or not tab.shown[sent["request_id"]].blocks:
        await tab.hear("patch")
    await another.say("cancel", id="c", request_id=sent["request_id"])
    assert (await another.hear("cancelled", id="c"))["state"] == "cancelled"
    stored = await _answer(sent["request_id"])
    assert stored.state == "cancelled"
    for one in (tab, another):
        shown = one.shown.get(sent["request_id"])
        if shown is None or shown.end is None:
            shown = await one.end_of(sent["request_id"])
        assert shown.end is not None
        assert shown.end["state"] == "cancelled"
        assert shown.blocks == render.render(stored.message.text) != []
    await simulator.until(lambda record: record[0]["disconnected_at"] is not None)
    await another.say("cancel", id="again", request_id=sent["request_id"])
    assert (await another.hear("cancelled", id="again"))["state"] == "cancelled"


# --- deleting --------------------------------------------------------------------------------------------------
async def test_a_thread_deleted_while_it_streams(open_tab: OpenTab, user: User, registry: Any) -> None:
    await database.write(registry, SLOW)
    tab = await open_tab(user)
    sent = await _send(tab, model=SLOW)
    await tab.hear("patch")
    await service.delete_thread(user=user, thread_id=sent["thread"])
    told = {"entry": False, "end": False}
    while not all(told.values()):
        frame = await tab.next()
        if frame["type"] == "entry" and frame["thread"] == sent["thread"]:
            told["entry"] |= frame["gone"]
        told["end"] |= frame["type"] == "end"
    shown = tab.shown[sent["request_id"]]
    assert shown.end is not None
    assert shown.end["state"] == "deleted"
    assert shown.blocks == []
    for type_, fields in (("send", {"text": "still there?"}), ("watch", {})):
        await tab.say(type_, id="after", thread=sent["thread"], **fields)
        assert (await tab.hear("error", id="after"))["error"]["type"] == "not_found"
    assert await tab.is_usable()


async def test_a_thread_that_went_unheard_is_told_at_the_next_hint(
    open_tab: OpenTab, user: User, ask: Ask, engine: Runtime
) -> None:
    generation = await ended(await ask(model=QUICK))
    tab = await open_tab(user)
    await tab.watch(generation.thread_id)
    await tab.end_of(generation.pk)
    await database.write(Thread.objects.filter(pk=generation.thread_id).delete)
    engine.hub.publish(f"thread:{generation.thread_id}", "")
    assert (await tab.hear("entry"))["gone"] is True
    await tab.all_so_far()
    engine.hub.publish(f"thread:{generation.thread_id}", "")  # nobody listens any more
    assert await tab.all_so_far() == []
