"""Limits at the WebSocket: who has too many is told when to come back, and who says too much is shown out."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Budget, User
from tests.fixtures_engine import until
from tests.metrics import made
from tests.threads.conftest import OpenTab
from tests.threads.tab import Closed, Tab, session_of
from threads import consumers, database
from threads.generation.runtime import Runtime
from threads.models import Generation
from threads.quotas import Quotas


@pytest.fixture
def limited(engine: Runtime, settings: Any) -> Any:
    """`limited(LIMIT_SOCKETS=(2, 0))`, from now on."""

    def change(**limits: tuple[int, int]) -> None:
        settings.REDIS_URL = ""  # what other tests do is not counted
        for name, most in limits.items():
            setattr(settings, name, most)
        engine.quotas = Quotas()

    return change


async def _refused(user: User) -> int:
    """The code that one more tab of this person's is closed with."""
    tab = Tab(await session_of(user), "http://localhost")
    assert await tab.connect()
    with pytest.raises(Closed) as closed:
        await tab.next()
    await tab.leave()
    return closed.value.code


async def test_too_many_tabs_at_once(
    open_tab: OpenTab, user: User, other_user: User, engine: Runtime, limited: Any
) -> None:
    limited(LIMIT_SOCKETS=(2, 0))
    first, _ = await open_tab(user), await open_tab(user)
    assert await _refused(user) == 4429
    await open_tab(other_user)
    await first.leave()
    await until(lambda: engine.quotas.sockets._taken[f"user:{user.pk}"] == 1)
    await open_tab(user)
    assert await _refused(user) == 4429


async def test_a_loop_of_new_tabs_is_stopped(open_tab: OpenTab, user: User, limited: Any) -> None:
    limited(LIMIT_CONNECTS=(3, 0))
    for _ in range(3):
        await (await open_tab(user)).leave()
    assert await _refused(user) == 4429


async def test_too_many_questions(open_tab: OpenTab, user: User, registry: Any, limited: Any) -> None:
    await database.write(registry, "sim:tokens=1")
    tab = await open_tab(user)
    limited(LIMIT_QUESTIONS=(1, 0))
    await tab.say("send", id="1", text="hello", model="sim:tokens=1")
    await tab.hear("sent")
    await tab.say("send", id="2", text="hello", model="sim:tokens=1")
    error = (await tab.hear("error", id="2"))["error"]
    assert error["type"] == "rate_limited"
    assert 1 <= error["retry_after"] <= 60
    assert await database.read(Generation.objects.count) == 1
    assert await tab.is_usable()


async def test_a_budget_that_is_used_up(open_tab: OpenTab, user: User, registry: Any, engine: Runtime) -> None:
    await database.write(registry, "sim:tokens=1")
    await database.write(lambda: Budget.objects.create(user=user, amount_usd=4, hard=True))
    await database.write(lambda: made.answer(user, timezone.now(), [made.call(sent=2, cost_usd=Decimal("4.5"))]))
    await engine.purse._look()
    tab = await open_tab(user)
    await tab.say("send", id="1", text="hello", model="sim:tokens=1")
    error = (await tab.hear("error", id="1"))["error"]
    assert error["type"] == "budget_reached"
    assert "$4.50 of $4.00 is spent" in error["message"]
    assert await database.read(Generation.objects.count) == 1
    assert await tab.is_usable()


async def test_who_says_too_much_is_shown_out(open_tab: OpenTab, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "FRAMES", 30)
    monkeypatch.setattr(consumers, "FRAMES_A_SECOND", 0.001)
    tab = await open_tab(user)
    for _ in range(29):
        await tab.say("ack", request_id=str(uuid4()), seq=1)
    assert await tab.is_usable()  # the thirtieth
    await tab.say("ack", request_id=str(uuid4()), seq=1)
    with pytest.raises(Closed) as closed:
        await tab.next()
    assert closed.value.code == 1008
