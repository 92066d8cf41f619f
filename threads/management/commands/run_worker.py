"""`manage.py run_worker`: answers what is asked in other processes, until SIGTERM or SIGINT."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from threads.generation import runtime


class Command(BaseCommand):
    help = "Run generations in a process of their own (the web processes then have GENERATION_WORKER=external)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        engine = runtime.start(work=True)
        name = engine.worker.name if engine.worker is not None else ""
        self.stdout.write(f"worker {name} is ready")
        self.stdout.flush()
        await stop.wait()
        await runtime.stop()
