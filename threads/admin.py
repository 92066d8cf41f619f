"""Budgets in the admin, with what is spent of them. Here rather than beside the accounts, which know of no answers."""

# Django's admin classes take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Budget
from threads import budget_words, budgets
from threads.budgets import Standing

_STATES = {"ok": "within it", "warned": "warned", "reached": "used up"}


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):
    list_display = ("whose", "amount", "spent", "state", "warn_at", "hard")
    list_display_links = ("whose",)
    list_filter = ("hard",)
    list_select_related = ("organization", "user")
    search_fields = ("organization__name", "organization__slug", "user__email", "user__name")
    autocomplete_fields = ("organization", "user")
    fields = ("organization", "user", "amount_usd", "warn_at", "hard", "spent", "state")
    readonly_fields = ("spent", "state")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose it is stays: another one's budget is another budget."""
        return self.readonly_fields if obj is None else ("organization", "user", *self.readonly_fields)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        _tell(shown.result_list)
        return shown

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Budget | None:
        budget = super().get_object(request, object_id, from_field)
        _tell([budget] if budget is not None else [])
        return budget

    @admin.display(description="whose", ordering="organization__name")
    def whose(self, budget: Budget) -> str:
        return f"{budget.organization} (organisation)" if budget.organization is not None else str(budget.user)

    @admin.display(description="a month", ordering="amount_usd")
    def amount(self, budget: Budget) -> str:
        return f"${budget.amount_usd:,.2f}"

    @admin.display(description="spent this month")
    def spent(self, budget: Budget) -> str:
        standing = _told(budget)
        return f"${standing.spent_usd:,.2f} ({standing.share:.0%})" if standing is not None else "–"

    @admin.display
    def state(self, budget: Budget) -> str:
        standing = _told(budget)
        return f"{_STATES[standing.state]}, until {budget_words.renews(standing)}" if standing is not None else "–"


def _tell(rows: Iterable[Budget]) -> None:
    """Read for all rows of a page together."""
    for standing in budgets.standings_for(list(rows)):
        standing.budget.standing = standing  # type: ignore[attr-defined]  # for `_told`


def _told(budget: Budget) -> Standing | None:
    """None for one that is being made."""
    return getattr(budget, "standing", None)
