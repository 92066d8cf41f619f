"""What a page of costs was asked for, from its address: days, filters, by what, in which order. Pure.

Costs are of whole days, UTC, today included: so each bar is a day, and a month is what is billed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from metrics.costs import BYS, By
from metrics.figures import Filters, Window
from metrics.forecast import month_of
from metrics.spans import DAY, floor
from providers.text import storable

# Key, what it is called, how many days it has; 0: a calendar month.
RANGES = (
    ("7d", "7 d", 7),
    ("30d", "30 d", 30),
    ("90d", "90 d", 90),
    ("month", "This month", 0),
    ("last-month", "Last month", 0),
)
USUAL = "30d"
MOST_DAYS = 400
EVERY = 60  # seconds between looks while a page shows what still grows
OWN_BYS: tuple[By, ...] = ("day", "model", "provider", "organization", "thread")
_FIELDS = ("range", "from", "to", "by", "provider", "model", "org", "user", "order")


@dataclass(frozen=True, slots=True)
class Asked:
    """`range` is a key of `RANGES` or "custom". `problem` says in words why days of one's own could not be taken; the
    usual ones are shown then. `every`: seconds between looks, 0 where nothing new can come. `order`: a column of the
    table, with a minus where the largest come first, "" for the usual one."""

    range: str
    window: Window
    every: int
    by: By
    provider: str
    model: str
    org: str
    user: str
    order: str
    problem: str = ""
    start: str = ""  # as they were written
    end: str = ""

    def address(self, **changed: str) -> str:
        """The query string of this page, with some fields changed."""
        fields = {**self.when, "by": self.by, **self.which, "order": self.order, **changed}
        return "?" + urlencode({name: fields[name] for name in _FIELDS if fields.get(name)})

    @property
    def when(self) -> dict[str, str]:
        own = {"from": self.start, "to": self.end} if self.range == "custom" else {}
        return {"range": self.range, **own}

    @property
    def which(self) -> dict[str, str]:
        return {"provider": self.provider, "model": self.model, "org": self.org, "user": self.user}

    @property
    def last(self) -> datetime:
        """The last day on show, of which there may be only the beginning yet."""
        return floor(self.window.end - timedelta(microseconds=1), DAY)

    @property
    def own(self) -> tuple[str, str]:
        """What stands in the fields for days of one's own; "" for what is no day."""
        if not self.problem:
            return f"{self.window.start:%Y-%m-%d}", f"{self.last:%Y-%m-%d}"
        return _field(self.start), _field(self.end)

    def export(self, user: str) -> str:
        """The query string with which the HTTP API tells of the same. `user`: of this person alone, by e-mail."""
        end = self.last + DAY  # of a day that goes on, all that comes
        when = {"from": f"{self.window.start:%Y-%m-%d}", "to": f"{end:%Y-%m-%d}"}
        fields = {"by": self.by, **when, **self.which, "user": user, "format": "csv"}
        return "?" + urlencode({name: value for name, value in fields.items() if value})

    @property
    def filtered(self) -> bool:
        return any(self.which.values())

    def filters(self, user: int | None, organization: int | None) -> Filters:
        return Filters(user=user, organization=organization, provider=self.provider, model=self.model)


def read(query: Mapping[str, str], now: datetime, bys: Sequence[By] = BYS) -> Asked:
    words = {name: storable(query.get(name, "")).strip()[:200] for name in _FIELDS}
    by = next((one for one in bys if one == words["by"]), bys[0])
    which = {name: words[name] for name in ("provider", "model", "org", "user", "order")}
    plain = Asked(USUAL, _days(USUAL, now), EVERY, by, **which)
    if words["range"] != "custom":
        key = next((key for key, *_ in RANGES if key == words["range"]), USUAL)
        return replace(plain, range=key, window=_days(key, now), every=0 if key == "last-month" else EVERY)
    own = replace(plain, start=words["from"], end=words["to"])
    try:
        window = _window(words["from"], words["to"], now)
    except ValueError as error:
        return replace(own, problem=str(error))
    return replace(own, range="custom", window=window, every=EVERY if window.end == now else 0)


def _days(key: str, now: datetime) -> Window:
    month, _ = month_of(now)
    if key == "month":
        return Window(month, now)
    if key == "last-month":
        return Window(month_of(month - DAY)[0], month)
    days = next(days for one, _, days in RANGES if one == key)
    return Window(floor(now, DAY) - (days - 1) * DAY, now)


def _window(first: str, last: str, now: datetime) -> Window:
    """ValueError, in words, where it is none."""
    if not first or not last:
        raise ValueError("Days of your own need the first one and the last one.")
    start, end = _day(first), _day(last)
    if start > now:
        raise ValueError("These days lie in the future: nothing was spent on them yet.")
    if end < start:
        raise ValueError("The last day is before the first: exchange the two.")
    if (end - start) / DAY >= MOST_DAYS:
        raise ValueError(f"At most {MOST_DAYS} days can be shown at once; these are more.")
    return Window(start, min(end + DAY, now))


def _field(text: str) -> str:
    try:
        return f"{_day(text):%Y-%m-%d}"
    except ValueError:
        return ""


def _day(text: str) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2200:
        raise ValueError(f"“{text}” is no day: write one like 2026-03-01 (UTC).")
    return day
