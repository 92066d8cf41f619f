"""The hub: who hears what, from which thread, and what other processes are told."""

import asyncio
from typing import Any

from threads.generation.wakeup import Hub


class _Relay:
    """What a hub tells its relay."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []

    def publish(self, topic: str, message: Any) -> None:
        self.said.append((topic, message))

    def heard_all_since(self, _: float) -> bool:
        return True

    async def stop(self) -> None: ...


async def test_those_who_listen_hear_until_they_leave() -> None:
    hub = Hub(asyncio.get_running_loop())
    heard: list[Any] = []
    leave = hub.subscribe("a", lambda message: heard.append(("first", message)))
    hub.subscribe("a", lambda message: heard.append(("second", message)))
    hub.subscribe("b", lambda message: heard.append(("other", message)))
    hub.publish("a", 1)
    leave()
    leave()
    hub.publish("a", 2)
    hub.publish("nobody", 3)
    assert heard == [("first", 1), ("second", 1), ("second", 2)]


async def test_one_may_leave_while_all_are_told() -> None:
    hub = Hub(asyncio.get_running_loop())
    heard: list[str] = []
    leaves = [hub.subscribe("a", lambda _: (heard.append("x"), leaves[1]())) for _ in range(2)]
    hub.publish("a")
    hub.publish("a")
    assert len(heard) == 3


async def test_a_publication_from_a_thread_is_heard_on_the_loop() -> None:
    loop = asyncio.get_running_loop()
    hub = Hub(loop)
    heard: asyncio.Future[bool] = loop.create_future()
    hub.subscribe("a", lambda _: heard.set_result(asyncio.get_running_loop() is loop))
    await asyncio.to_thread(hub.publish, "a", 1)
    assert await asyncio.wait_for(heard, 5)


async def test_a_topic_is_heard_from_the_first_to_come_to_the_last_to_go() -> None:
    hub = Hub(asyncio.get_running_loop())
    first, second = (hub.subscribe("a", lambda _: None) for _ in range(2))
    first()
    assert hub.hears("a")
    assert hub.topics() == ["a"]
    second()
    second()
    assert not hub.hears("a")
    assert hub.topics() == []


async def test_what_comes_from_elsewhere_is_not_sent_back() -> None:
    hub, relay = Hub(asyncio.get_running_loop()), _Relay()
    hub.relay = relay
    heard: list[Any] = []
    hub.subscribe("a", heard.append)
    hub.deliver("a", 1)
    hub.publish("a", 2)
    assert heard == [1, 2]
    assert relay.said == [("a", 2)]
