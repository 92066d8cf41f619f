"""`manage.py create_api_key`: a key for a program, printed alone on stdout so that a script can take it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from accounts import access, services
from accounts.errors import AccountError
from accounts.models import User, normalise_email


class Command(BaseCommand):
    help = "Make an API key and print it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, metavar="EMAIL", help="whose key it is")
        parser.add_argument("--org", metavar="SLUG", help="the organisation it acts for (default: the person's own)")
        parser.add_argument("--name", default="command line", metavar="N", help="what will use it")
        parser.add_argument("--staff", action="store_true", help="may do what staff may (the person must be staff)")

    def handle(self, *, user: str, org: str | None, name: str, staff: bool, **_options: Any) -> None:
        person = User.objects.filter(email=normalise_email(user)).first()
        if person is None:
            raise CommandError(f"No account has the e-mail {user}. Check it, or make the account in /admin/ first.")
        try:
            organization = access.organization_for(person, org)
            _, secret = services.create_api_key(user=person, organization=organization, name=name, staff=staff)
        except Http404 as error:
            slugs = ", ".join(person.organizations.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"{person.email} belongs to no organisation {org!r}. Use one of: {slugs}.") from error
        except ValidationError as error:
            raise CommandError(f"--name: {' '.join(error.messages)}") from error
        except AccountError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(secret)
