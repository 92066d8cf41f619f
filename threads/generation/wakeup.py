"""Hints between tasks, threads and processes: "something happened to this topic". Any of them may be lost.

Owns who listens to what. What a hint carries saves its reader a look at the database; it is never the truth.

Topics: `generation:ID` (entries committed), `thread:ID` (an answer began there), `user:ID` (the list changed),
`work` (something is queued), `cancel` (a stop was asked for).
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

Listener = Callable[[Any], None]


class Relay(Protocol):
    """Carries hints to other processes. `threads.generation.relay` has it."""

    def publish(self, topic: str, message: Any) -> None: ...
    def heard_all_since(self, moment: float) -> bool:
        """Whether hints to this process have got through since that moment of the loop's clock, as far as is known."""
        ...

    async def stop(self) -> None: ...


class Hub:
    """The listeners of one event loop. `publish` may be called from any thread; listeners run on the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listeners: dict[str, dict[int, Listener]] = {}
        self._next = 0
        self.relay: Relay | None = None

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Hear what is published on `topic` until the returned function is called (twice does no harm)."""
        self._next += 1
        key = self._next
        self._listeners.setdefault(topic, {})[key] = listener

        def leave() -> None:
            present = self._listeners.get(topic)
            if present is not None and present.pop(key, None) is not None and not present:
                del self._listeners[topic]

        return leave

    def topics(self) -> list[str]:
        return list(self._listeners)

    def hears(self, topic: str) -> bool:
        return topic in self._listeners

    def publish(self, topic: str, message: Any = None) -> None:
        """Tell this process's listeners and, through the relay, those of others."""
        if asyncio._get_running_loop() is not self._loop:
            self._loop.call_soon_threadsafe(self.publish, topic, message)
            return
        self.deliver(topic, message)
        if self.relay is not None:
            self.relay.publish(topic, message)

    def deliver(self, topic: str, message: Any) -> None:
        """Tell this process's listeners only."""
        for listener in tuple(self._listeners.get(topic, {}).values()):
            listener(message)
