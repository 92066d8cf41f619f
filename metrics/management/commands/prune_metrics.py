"""`manage.py prune_metrics`: deletes the sums of hours and days that are too old. The site does it by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics import rollups


class Command(BaseCommand):
    help = "Delete the sums of hours and of days that began long ago; days stay when their hours go."

    def add_arguments(self, parser: CommandParser) -> None:
        hours, days = rollups.HOURS_KEPT.days, rollups.DAYS_KEPT.days
        parser.add_argument("--hours", type=int, default=hours, help=f"Days that hours are kept (default: {hours}).")
        parser.add_argument("--days", type=int, default=days, help=f"Days that days are kept (default: {days}).")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["hours"] < 2 or options["days"] < options["hours"]:
            raise CommandError("Hours are kept for 2 days at least, and days no shorter than hours.")
        hours, days = timedelta(days=options["hours"]), timedelta(days=options["days"])
        self.stdout.write(f"{rollups.prune(datetime.now(UTC), hours=hours, days=days)} sums deleted")
