"""`manage.py prune_events`: deletes the logs of answers that ended long ago. Their messages keep everything."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from threads.models import Event, Generation


class Command(BaseCommand):
    help = "Delete the event logs of answers that ended some days ago; the messages stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=float, default=7, help="Keep logs of answers that ended later (default: 7).")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["days"] < 0:
            self.stderr.write("--days must not be negative.")
            raise SystemExit(1)
        before = timezone.now() - timedelta(days=options["days"])
        ended = Generation.objects.filter(state__in=Generation.ENDED, finished_at__lt=before)
        count, _ = Event.objects.filter(generation__in=ended).delete()
        self.stdout.write(f"{count} events deleted")
