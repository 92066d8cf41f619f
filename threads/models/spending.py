"""What was spent of budgets, added up as far as nothing can change any more. Who adds up is `threads.budgets`."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Spending(models.Model):
    """`cost_usd` is what the calls cost that were sent from `since`, a month's beginning, until `until`.

    So that a sum need not begin with the month each time. Losing the row costs nothing but that.
    """

    organization = models.OneToOneField(
        "accounts.Organization", null=True, on_delete=models.CASCADE, related_name="spending"
    )
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="spending")
    since = models.DateTimeField()
    until = models.DateTimeField()
    cost_usd = models.DecimalField(max_digits=20, decimal_places=8)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None, user__isnull=False) | Q(organization__isnull=False, user=None),
                name="spending_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cost_usd} from {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d %H:%M}"
