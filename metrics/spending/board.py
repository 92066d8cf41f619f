"""Everything that stands on a page of costs, read and put together. Reads the database; synchronous."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from django.urls import reverse

from accounts.access import organization_for
from accounts.models import Organization, User, normalise_email
from metrics import costs
from metrics.costs import BYS, Day
from metrics.figures import Filters
from metrics.spending import budgets, tiles, words
from metrics.spending.asked import OWN_BYS, Asked, read
from metrics.spending.chart import chart
from metrics.spending.choices import Choices, choices
from metrics.spending.table import table
from threads.budgets import standings, standings_of

MOST_LINES = 50
MOST_BUDGETS = 6  # the fullest ones; others stand beside their names in the tables
MOST_ORGANIZATIONS = 300  # of which one can be picked; others by the address


def everybodys(query: Mapping[str, str]) -> dict[str, Any]:
    """For staff. Raises `Http404` for an organisation or a person that is none."""
    asked = read(query, datetime.now(UTC))
    user = _one(User, email=normalise_email(asked.user)) if asked.user else None
    organization = _one(Organization, slug=asked.org) if asked.org else None
    standing = standings()
    purses = budgets.purses(standing)
    content = _content(asked, asked.filters(user, organization), None, budgets.by_whom(standing))
    return {
        **content,
        "choices": _choices(asked, content["days"], Organization.objects.all(), own=False),
        "budgets": purses[:MOST_BUDGETS],
        "more_budgets": len(purses[MOST_BUDGETS:]),
        "page": reverse("metrics:costs"),
        "export": asked.export(asked.user),
    }


def own(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """For the person themselves, whatever the address says. Raises `Http404` for an organisation they are not in."""
    asked = replace(read(query, datetime.now(UTC), OWN_BYS), user="")
    organization = organization_for(user, asked.org).pk if asked.org else None
    mine = Organization.objects.filter(memberships__user=user)
    content = _content(asked, asked.filters(user.pk, organization), user, {})
    return {
        **content,
        "choices": _choices(asked, content["days"], mine, own=True),
        "budgets": budgets.purses(standings_of(user.pk, list(mine.values_list("pk", flat=True))), reader=user.pk),
        "page": reverse("metrics:usage"),
        "export": asked.export(user.email),
    }


def _one(kind: type[User] | type[Organization], **named: str) -> int:
    found: int | None = kind._default_manager.filter(**named).values_list("pk", flat=True).first()
    if found is None:
        raise Http404("There is nobody of that name.")
    return found


def _content(
    asked: Asked, filters: Filters, reader: User | None, told: Mapping[tuple[str, Any], str]
) -> dict[str, Any]:
    days = costs.per_day(filters, asked.window)
    found = costs.costs(filters, asked.by, asked.window, MOST_LINES, days)
    month = costs.month(filters, datetime.now(UTC))
    return {
        "asked": asked,
        "days": days,
        "tiles": tiles.tiles(found.total),
        "split": tiles.split(found.total),
        "chart": chart(days, found),
        "table": table(found, asked, reader.pk if reader is not None else None, told),
        "month": {
            "name": words.month(month.start),
            "spent": words.usd(month.spent_usd),
            "total": words.usd(month.total_usd),
            "way": words.way(month),
        },
        "unpriced": found.total.unpriced,
    }


def _choices(asked: Asked, days: Sequence[Day], organizations: Any, *, own: bool) -> Choices:
    slugs = list(organizations.order_by("slug").values_list("slug", flat=True)[:MOST_ORGANIZATIONS])
    return choices(asked, OWN_BYS if own else BYS, days, slugs)
