"""`manage.py rollup_metrics`: adds up the hours that are over. The site does it by itself; again gives the same."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from metrics import rollups


class Command(BaseCommand):
    help = "Add up the answers of every hour that is over, so that figures of long ranges come quickly."

    def handle(self, *_args: Any, **_options: Any) -> None:
        hours = rollups.roll_up(datetime.now(UTC))
        self.stdout.write(f"{hours} hours added up, until {rollups.rolled_until():%Y-%m-%d %H:%M} UTC")
