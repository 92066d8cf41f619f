"""`manage.py seed_metrics`: invents a year of answers, for trying out figures. Never for a site in use."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from metrics import rollups, seeded_rows, seeding
from threads.models import Generation, Thread


class Command(BaseCommand):
    help = "Invent answers and calls of the past, the same ones for the same seed; for trying out figures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=365, help="How far back (default: 365).")
        parser.add_argument("--per-day", type=int, default=100, help="Answers a day on average (default: 100).")
        parser.add_argument("--seed", type=int, default=1, help="Another number gives other answers (default: 1).")
        parser.add_argument("--until", help="When the last one may have ended, as ISO 8601 (default: now).")
        parser.add_argument("--force", action="store_true", help="Also where there are threads or answers already.")

    def handle(self, *_args: Any, **options: Any) -> None:
        until = self._until(options["until"])
        if options["days"] < 1 or options["per_day"] < 1:
            raise CommandError("--days and --per-day are numbers from 1.")
        alone = not Generation.objects.exists()
        if not options["force"] and (Thread.objects.exists() or not alone):
            raise CommandError("There are threads or answers here, whose figures invented ones would spoil (--force).")
        with _without_collector():
            self.stdout.write(self._seed(until, options["days"], options["per_day"], options["seed"], alone=alone))

    def _seed(self, until: datetime, days: int, per_day: int, seed: int, *, alone: bool) -> str:
        owners = seeded_rows.people()
        invented = seeding.answers(seed, until, days, per_day, len(owners))
        rollups.begin_again(until - timedelta(days=days))  # a site that runs has got further already
        # Where there is nothing else, days are added up as they are stored, which saves reading them.
        day_over = (lambda day, hours: rollups.add_day(day, hours, until)) if alone else None
        answers, calls = seeded_rows.store(invented, owners, day_over)
        seeded_rows.settle()
        rollups.begin_again(until - timedelta(days=1 if alone else days))  # it went on meanwhile, with what there was
        rollups.roll_up(until)
        seeded_rows.settle()
        return f"{answers} answers, {calls} calls, added up until {rollups.rolled_until():%Y-%m-%d %H:%M} UTC"

    def _until(self, text: str | None) -> datetime:
        if text is None:
            return datetime.now(UTC)
        try:
            until = parse_datetime(text)
        except ValueError:
            until = None
        if until is None:
            raise CommandError(f"--until {text}: use a moment like 2026-11-20T12:00:00Z.")
        return until if until.tzinfo is not None else until.replace(tzinfo=UTC)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Of millions of objects that make no circle, looking for circles takes a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
