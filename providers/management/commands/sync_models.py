"""`manage.py sync_models [PROVIDER]`: read what providers offer. See docs/registry.md."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from providers import offerings
from providers.models import Deployment, Provider
from providers.standing import findings
from providers.validation import suggestion


class Command(BaseCommand):
    help = "Reads the lists of models that providers offer, and says which models in use are retired or unknown there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "provider", metavar="PROVIDER", nargs="?", help="One provider; without it, all switched on."
        )

    def handle(self, *, provider: str | None, **_options: Any) -> None:
        rows = _named(provider) if provider else list(Provider.objects.filter(enabled=True))
        reports = offerings.sync(rows)
        for report in reports:
            (self.stdout if report.ok else self.stderr).write(report.text)
        deployments = Deployment.objects.filter(provider__in=rows, enabled=True, model__enabled=True)
        for caution in findings(deployments.select_related("model", "provider")):
            self.stderr.write(f"caution: {caution}")
        if failed := sum(not report.ok for report in reports):
            raise CommandError(f"{failed} of {len(reports)} lists could not be read; what was known of them is kept")


def _named(name: str) -> list[Provider]:
    row = Provider.objects.filter(name=name).first()
    if row is None:
        names = list(Provider.objects.values_list("name", flat=True))
        raise CommandError(f'No provider is called "{name}".{suggestion(name, names)} There are: {", ".join(names)}.')
    return [row]
