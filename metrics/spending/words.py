"""Costs in words. None is told as what it is: nothing known. Pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from metrics.costs import By
from metrics.dashboard.words import NOTHING
from metrics.forecast import Forecast
from threads.templatetags.answers import money

NAMES: Mapping[By, str] = {
    "day": "Day",
    "model": "Model",
    "provider": "Provider",
    "organization": "Organisation",
    "user": "Person",
    "thread": "Chat",
}
KINDS = {
    "first": "First calls",
    "retry": "Retries",
    "fallback": "Fallbacks",
    "hedge": "Hedges",
    "takeover": "Takeovers",
}
STATES = {"completed": "Answered", "cancelled": "Cut short", "failed": "Failed", "lost": "Lost"}


def usd(value: Decimal | None) -> str:
    if value is None:
        return NOTHING
    return money(value) if value < 1000 else f"${value:,.2f}"


def part(some: Decimal | None, whole: Decimal | None) -> str:
    """How much of the whole this is, as a percentage; "" where that means nothing."""
    if some is None or not whole:
        return ""
    share = some / whole
    return f"{share:.0%}" if share >= Decimal("0.095") or not share else f"{share:.1%}"


def month(start: datetime) -> str:
    return f"{start:%B %Y}"


def way(of: Forecast) -> str:
    """How a forecast was made, or why there is none."""
    if of.total_usd is None:
        if of.days:
            return "There is no forecast: no call of the last days had a known price."
        return "There is no forecast before one full day (UTC) of calls: too little to tell from."
    days = "the last full day" if of.days == 1 else f"the last {of.days} full days"
    told = f"What was spent, and for the time that is left the average of {days}"
    return f"{told}, working days and weekends apart." if of.way == "weekdays" else f"{told}."
