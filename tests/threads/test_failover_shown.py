"""What a tab sees of an answer that takes more than one call: words as it happens, the text, the list at its foot."""

import asyncio
from typing import Any

from accounts.models import User
from providers import snapshot
from providers.profiles import Profile
from tests.fixtures_engine import until
from tests.simulator import RunningSimulator
from tests.threads.conftest import OpenTab
from tests.threads.generation import candidates
from tests.threads.generation.candidates import SAYS
from tests.threads.tab import Tab
from threads import database, fragments, queries, render
from threads.generation.runtime import Runtime
from threads.models import Generation


async def _send(tab: Tab, model: str) -> str:
    await tab.say("send", id="one", text="hello", model=model)
    return str((await tab.hear("sent", id="one"))["request_id"])


async def _status(tab: Tab, request_id: str, state: str) -> str:
    """The words of this state, once the tab shows it."""
    while (shown := tab.shown.get(request_id)) is None or (shown.status or {}).get("state") != state:
        await tab.hear("patch", request_id=request_id)
    assert shown.status is not None
    return shown.status["text"]


def _reloaded(request_id: str) -> tuple[str, list[str]]:
    """The foot and the blocks of the answer on a page that is loaded now."""
    row = Generation.objects.get(pk=request_id)
    assert row.thread is not None
    turn = queries.transcript(row.thread)[-1]
    return fragments.footer(turn), turn.blocks


async def test_a_retry_is_said_while_it_is_waited_for(
    engine: Runtime, open_tab: OpenTab, user: User, simulator: RunningSimulator
) -> None:
    go_on = asyncio.Event()

    async def wait(_: float) -> None:
        await go_on.wait()

    engine.board.sleep = wait
    await database.write(candidates.make, simulator, {"a": [f"sim:{SAYS},fault=429,retry-after=8.5,times=1"]})
    tab = await open_tab(user)
    request_id = await _send(tab, "a")
    assert await _status(tab, request_id, "retrying") == "Rate-limited, trying again in 9 s…"
    go_on.set()
    shown = await tab.end_of(request_id)
    assert shown.status is None
    assert shown.blocks == render.render(simulator.record()[1]["text"])


async def test_a_fallback_is_said_until_it_speaks_and_listed_at_the_foot(
    engine: Runtime, open_tab: OpenTab, user: User, simulator: RunningSimulator
) -> None:
    await database.write(candidates.make, simulator, {"a": ["sim:fault=401"], "b": [f"sim:{SAYS},head=200ms"]})
    tab = await open_tab(user)
    request_id = await _send(tab, "a")
    assert await _status(tab, request_id, "falling_back") == "a does not accept its key, asking b…"
    shown = await tab.end_of(request_id)
    assert shown.end is not None
    assert "2 calls to providers" in shown.end["footer"]
    assert "Wrong key" in shown.end["footer"]
    assert (shown.end["footer"], shown.blocks) == await database.read(_reloaded, request_id)


async def test_text_that_is_replaced_stays_until_there_is_other(
    engine: Runtime, open_tab: OpenTab, user: User, simulator: RunningSimulator, monkeypatch: Any
) -> None:
    monkeypatch.setattr(snapshot, "profile_for", lambda *_: Profile())  # nobody goes on from where it broke off
    models = {
        "a": [f"sim:{SAYS},fault=cut@7"],
        "b": [f"sim:{SAYS},seed=3,head=400ms".replace("ttft=0ms", "ttft=400ms")],
    }
    await database.write(candidates.make, simulator, models)
    tab = await open_tab(user)
    request_id = await _send(tab, "a")
    assert await _status(tab, request_id, "falling_back") == "a broke off, asking b…"
    first = render.render(simulator.record()[0]["text"])
    assert tab.shown[request_id].blocks == first != []
    await until(lambda: Generation.objects.get().ended)
    shown = await tab.end_of(request_id)
    assert shown.blocks == render.render(simulator.record()[1]["text"]) != first
    assert (await database.read(_reloaded, request_id))[1] == shown.blocks
