"""The provider simulator for tests: the real server on a free loopback port, in a thread with its own event loop."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from providers.simulator.app import Simulator
from providers.simulator.server import SimulatorServer, listen

PATIENCE = 10.0  # seconds until a condition that does not come is a failure
_PAUSE = 0.005

Requests = list[dict[str, Any]]


class RunningSimulator:
    """`origin` is http://127.0.0.1:PORT, `url` the base URL of an OpenAI client. `stop` ends thread and connections."""

    def __init__(self) -> None:
        self.simulator = Simulator()
        self.origin = ""
        self._answering = threading.Event()
        self._server = SimulatorServer(self.simulator, listen("127.0.0.1", 0), self._ready)
        self._thread = threading.Thread(target=self._server.serve_until_stopped, name="simulator", daemon=True)
        self._thread.start()
        if not self._answering.wait(PATIENCE):
            raise RuntimeError("The simulator did not start.")

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    def record(self, *, after: int = 0, tag: str | None = None) -> Requests:
        """What was asked, oldest first: the dictionaries of docs/simulator.md. Never blocks."""
        return self.simulator.record.entries(after=after, tag=tag)

    def clear(self) -> None:
        """As if nobody had ever asked. What earlier tests asked may still be on its way here: it is let in first."""
        asyncio.run_coroutine_threadsafe(_turns(), self._loop).result(PATIENCE)
        self.simulator.record.clear()
        self.simulator.memory.clear()

    async def until(self, holds: Callable[[Requests], bool]) -> Requests:
        """The record as soon as `holds(record)`; a failure if that does not come."""
        deadline = time.monotonic() + PATIENCE
        while not holds(requests := self.record()):
            assert time.monotonic() < deadline, f"Not in {PATIENCE:g} s. The record: {requests}"
            await asyncio.sleep(_PAUSE)
        return requests

    def wait_until(self, holds: Callable[[Requests], bool]) -> Requests:
        """The same for tests without an event loop."""
        deadline = time.monotonic() + PATIENCE
        while not holds(requests := self.record()):
            assert time.monotonic() < deadline, f"Not in {PATIENCE:g} s. The record: {requests}"
            time.sleep(_PAUSE)
        return requests

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            raise RuntimeError("The simulator did not stop.")

    def _ready(self, origin: str) -> None:
        self.origin, self._loop = origin, asyncio.get_running_loop()
        self._answering.set()


async def _turns() -> None:
    """What has come to the server's socket is accepted, read and begun in as many turns of its loop."""
    for _ in range(10):
        await asyncio.sleep(0.001)
