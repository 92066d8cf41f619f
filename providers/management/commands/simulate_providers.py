"""`manage.py simulate_providers --port N`: a provider for trying things out, that needs no key and no database."""

import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from providers.simulator.app import Simulator
from providers.simulator.server import SimulatorServer, listen


class Command(BaseCommand):
    help = "Serve simulated providers over HTTP. The model's name says how they behave: see docs/simulator.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            listener = listen(options["host"], options["port"])
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Cannot listen on {options['host']}:{options['port']} ({error}). Try another --port."
            ) from error
        # uvicorn stops in order on these and then raises them again: ending well is success.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
        SimulatorServer(Simulator(), listener, self._ready).serve_until_stopped()

    def _ready(self, url: str) -> None:
        self.stdout.write(f"Simulated providers answer at {url}/v1")
        self.stdout.flush()
