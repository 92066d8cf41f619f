"""`manage.py run_worker`: answers what is asked in other processes, until SIGTERM or SIGINT."""

import asyncio
import signal
from typing import Any

import uvloop
from django.core.management.base import BaseCommand

from threads import collector
from threads.generation import runtime
from threads.shutdown import Shutdown


class Command(BaseCommand):
    help = "Run generations in a process of their own (the web processes then have GENERATION_WORKER=external)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.check(tags=["chatsite_start"], databases=["default"])
        uvloop.run(self._work())

    async def _work(self) -> None:
        stop, shutdown = asyncio.Event(), Shutdown(drain=0)  # nobody sends requests here
        loop = asyncio.get_running_loop()

        def asked(*_: object) -> None:
            shutdown.asked()
            loop.call_soon_threadsafe(stop.set)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, asked)  # not the loop's own handler: it must be heard while the loop is busy, too
        engine = runtime.start(work=True)
        name = engine.worker.name if engine.worker is not None else ""
        collector.settle()
        self._say(f"worker {name} is ready")
        await stop.wait()
        self._say(f"worker {name} is draining")
        await runtime.stop()
        self._say(f"worker {name} has ended")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
