"""Who may come in by the WebSocket, and what is said to those who send what cannot be read. Nothing bad closes it."""

import json
import uuid
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts import services
from accounts.models import User
from tests.fixtures_engine import Ask, ended
from tests.threads.conftest import OpenTab
from tests.threads.tab import Closed, Shown, Tab, session_of
from threads import consumers, database, watching
from threads.frames import LARGEST, VERSION
from threads.generation.runtime import Runtime
from threads.models import Generation, Thread
from threads.services import threads

SLOW = "sim:ttft=0ms,rate=50,tokens=5000"


# --- coming in -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cookie", ["", "sessionid=of-nobody"])
async def test_who_is_not_signed_in_is_told_by_the_close_code(engine: Runtime, cookie: str) -> None:
    tab = Tab(cookie, "http://localhost")
    assert await tab.connect()
    with pytest.raises(Closed) as closed:
        await tab.next()
    assert closed.value.code == 4401
    await tab.say("ping")  # whatever comes in spite of it is passed over
    await tab.leave()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""], ids=["another site", "none", "no header"])
async def test_another_site_may_not_connect(engine: Runtime, user: User, origin: str) -> None:
    assert not await Tab(await session_of(user), origin).connect()


async def test_who_comes_in_is_greeted(open_tab: OpenTab, user: User) -> None:
    tab = await open_tab(user)
    assert tab.frames == [{"type": "hello", "user": str(user.pk), "version": VERSION}]


# --- going on being allowed ------------------------------------------------------------------------------------
async def _sign_out(user: User, cookie: str) -> None:
    client = Client(headers={"cookie": cookie})
    await database.write(client.post, "/accounts/logout/")


async def _switch_off(user: User, _: str) -> None:
    await database.write(User.objects.filter(pk=user.pk).update, is_active=False)


async def _change_password(user: User, _: str) -> None:
    def change() -> None:
        user.set_password("something else entirely")
        user.save()

    await database.write(change)


@pytest.mark.parametrize("done", [_sign_out, _switch_off, _change_password])
@pytest.mark.parametrize("type", ["send", "watch"])
async def test_who_may_no_longer_is_shown_out(
    open_tab: OpenTab, user: User, ask: Ask, monkeypatch: pytest.MonkeyPatch, done: Any, type: str
) -> None:
    monkeypatch.setattr(consumers, "SIGNED_IN_FOR", 0.0)
    generation = await ended(await ask())
    cookie = await session_of(user)
    tab = await open_tab(user, cookie=cookie)
    await tab.watch(generation.thread_id)
    await done(user, cookie)
    for number in "123":
        await tab.say(type, id=number, thread=str(generation.thread_id), text="still me?", model="sim:tokens=5")
    with pytest.raises(Closed) as closed:
        await tab.hear("sent")
    assert closed.value.code == 4401
    assert await database.read(Generation.objects.count) == 1


# --- what cannot be read ---------------------------------------------------------------------------------------
BAD = {
    "broken": ("{", "bad_json", None),
    "words": ("hello", "bad_json", None),
    "an array": ("[]", "bad_frame", None),
    "a number": ("1", "bad_frame", None),
    "null": ("null", "bad_frame", None),
    "no type": ('{"id": "7"}', "bad_frame", "7"),
    "a type that is none": ('{"type": 5}', "bad_frame", None),
    "an unknown type": ('{"type": "shout", "id": "7"}', "bad_frame", "7"),
    "no text": ('{"type": "send", "id": "7"}', "bad_frame", "7"),
    "a text that is none": ('{"type": "send", "id": "7", "text": ["a"]}', "bad_frame", "7"),
    "a thread that is none": ('{"type": "send", "id": "7", "text": "a", "thread": "../1"}', "bad_frame", "7"),
    "an over-long key": (json.dumps({"type": "send", "id": "7", "text": "a", "key": "k" * 201}), "bad_frame", "7"),
    "an over-long id": (json.dumps({"type": "ping", "id": "7" * 101}), "bad_frame", None),
    "an id that is none": ('{"type": "ping", "id": 7}', "bad_frame", None),
    "no request": ('{"type": "cancel", "id": "7"}', "bad_frame", "7"),
    "a negative seq": (json.dumps({"type": "ack", "request_id": str(uuid.uuid4()), "seq": -1}), "bad_frame", None),
    "a have that is none": (
        json.dumps({"type": "watch", "id": "7", "thread": str(uuid.uuid4()), "have": [1]}),
        "bad_frame",
        "7",
    ),
    "too much had": (
        json.dumps({"type": "watch", "thread": str(uuid.uuid4()), "have": {str(uuid.uuid4()): {} for _ in range(51)}}),
        "bad_frame",
        None,
    ),
    "2 MiB": (json.dumps({"type": "send", "id": "7", "text": "x" * 2 * LARGEST}), "frame_too_large", None),
    "deeply nested": ("[" * 100_000, "bad_json", None),
    "an empty message": ('{"type": "send", "id": "7", "text": " "}', "empty_message", "7"),
    "an over-long message": (
        json.dumps({"type": "send", "id": "7", "text": "x" * 100_001}),
        "message_too_long",
        "7",
    ),
    "an unknown model": ('{"type": "send", "id": "7", "text": "a", "model": "gpt-0"}', "model_unavailable", "7"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_read_is_told_in_words(
    open_tab: OpenTab, user: User, bad: tuple[str, str, str | None]
) -> None:
    text, type_, id_ = bad
    tab = await open_tab(user)
    await tab.say_text(text)
    error = await tab.hear("error")
    assert (error["error"]["type"], error["id"]) == (type_, id_)
    words = error["error"]["message"]
    assert " " in words
    assert len(words) < 300
    assert words.rstrip(".)") != words or ":" in words
    assert await tab.is_usable()
    assert await database.read(Thread.objects.count) == 0


async def test_an_unknown_type_is_told_which_there_are(open_tab: OpenTab, user: User) -> None:
    tab = await open_tab(user)
    await tab.say("shout")
    assert (await tab.hear("error"))["error"]["message"] == "type: use one of send, cancel, watch, unwatch, ack, ping."


async def test_bytes_are_refused(open_tab: OpenTab, user: User) -> None:
    tab = await open_tab(user)
    await tab.say_bytes(b'{"type": "ping"}')
    assert (await tab.hear("error"))["error"]["message"] == "Frames are text, not bytes."
    assert await tab.is_usable()


async def test_too_much_at_once_is_refused_and_the_rest_is_done(open_tab: OpenTab, user: User) -> None:
    thread = await database.write(_empty_thread, user)
    tab = await open_tab(user)
    for number in range(consumers.REQUESTS + 8):
        await tab.say("watch", id=str(number), thread=str(thread))
    outcomes = [await tab.next() for _ in range(8)]
    assert [frame["error"]["type"] for frame in outcomes] == ["too_many_requests"] * 8
    assert [frame["id"] for frame in outcomes] == [str(consumers.REQUESTS + n) for n in range(8)]
    for number in range(consumers.REQUESTS):
        await tab.hear("watching", id=str(number))
    assert await tab.is_usable()


async def test_a_tab_watches_no_more_threads_than_it_can_show(open_tab: OpenTab, user: User, ask: Ask) -> None:
    tab = await open_tab(user)
    started = [await ask(model="sim:tokens=1,ttft=0ms") for _ in range(watching.WATCHED + 1)]
    for one in started[:-1]:
        await tab.watch(one.thread_id)
    await tab.say("watch", id="one more", thread=str(started[-1].thread_id))
    assert (await tab.hear("error", id="one more"))["error"]["type"] == "too_many_threads"
    await tab.say("unwatch", thread=str(started[0].thread_id))
    await tab.watch(started[-1].thread_id)


# --- what is another's -----------------------------------------------------------------------------------------
async def test_what_is_anothers_looks_like_what_is_not_there(
    open_tab: OpenTab, other_user: User, ask: Ask, engine: Runtime
) -> None:
    started = await ask(model=SLOW)
    tab = await open_tab(other_user)

    async def words(type: str, **fields: Any) -> dict[str, Any]:
        await tab.say(type, id="7", **fields)
        return dict((await tab.hear("error", id="7"))["error"])

    for foreign, unknown in (
        (str(started.thread_id), str(uuid.uuid4())),
        (str(started.generation_id), str(started.message_id)),  # ids of something else are no ids
    ):
        for type_, fields in (("watch", {}), ("send", {"text": "hello", "model": SLOW})):
            assert (
                await words(type_, thread=foreign, **fields)
                == await words(type_, thread=unknown, **fields)
                == {"type": "not_found", "message": "There is no such thread."}
            )
    assert (
        await words("cancel", request_id=str(started.generation_id))
        == await words("cancel", request_id=str(uuid.uuid4()))
        == {"type": "not_found", "message": "There is no such request."}
    )
    await tab.say("ack", request_id=str(started.generation_id), seq=1)
    await tab.say("unwatch", thread=str(started.thread_id))
    assert await tab.all_so_far() == []
    generation = await database.read(Generation.objects.get)
    assert (generation.state, generation.cancel_requested_at) == ("running", None)


async def test_an_answer_of_another_cannot_be_had(open_tab: OpenTab, other_user: User, ask: Ask) -> None:
    """`have` names an answer that is not of the watched thread: nothing of it is told."""
    foreign = await ask(model=SLOW)
    own = await database.write(_empty_thread, other_user)
    tab = await open_tab(other_user)
    assert (await tab.watch(own, **{str(foreign.generation_id): Shown()}))["running"] == []
    assert await tab.all_so_far() == []


def _empty_thread(user: User) -> UUID:
    return threads.create(user=user, organization=services.personal_organization(user=user)).pk
