"""What a page was asked for, from its address: the range, the filters, the order of its tables. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from metrics.figures import Filters, Window
from providers.text import storable

# Key, what it is called, how long it is, seconds between looks while a page shows it.
RANGES = (
    ("15m", "15 min", timedelta(minutes=15), 5),
    ("1h", "1 h", timedelta(hours=1), 10),
    ("24h", "24 h", timedelta(hours=24), 30),
    ("7d", "7 d", timedelta(days=7), 60),
    ("30d", "30 d", timedelta(days=30), 60),
    ("90d", "90 d", timedelta(days=90), 60),
)
USUAL = "1h"
LEAST, MOST = timedelta(minutes=1), timedelta(days=400)
_FIELD = "%Y-%m-%dT%H:%M"
_FIELDS = ("range", "from", "to", "provider", "model", "org", "providers", "models")


@dataclass(frozen=True, slots=True)
class Asked:
    """`range` is a key of `RANGES` or "custom". `problem` says in words why a range of one's own could not be taken;
    the usual one is shown then. `every`: seconds between looks, 0 where nothing new can come."""

    range: str
    window: Window
    every: int = 0
    problem: str = ""
    provider: str = ""
    model: str = ""
    org: str = ""
    start: str = ""  # as they were written
    end: str = ""
    orders: Mapping[str, str] = field(default_factory=dict)  # table -> column, with a minus where largest come first

    def address(self, **changed: str) -> str:
        """The query string of this page, with some fields changed."""
        fields = {**self.when, **self.which, **self.orders, **changed}
        return "?" + urlencode({name: fields[name] for name in _FIELDS if fields.get(name)})

    @property
    def when(self) -> dict[str, str]:
        own = {"from": self.start, "to": self.end} if self.range == "custom" else {}
        return {"range": self.range, **own}

    @property
    def which(self) -> dict[str, str]:
        return {"provider": self.provider, "model": self.model, "org": self.org}

    @property
    def own(self) -> tuple[str, str]:
        """What stands in the fields of a range of one's own, as browsers write it; "" for what is no moment."""
        if not self.problem:
            return f"{self.window.start:{_FIELD}}", f"{self.window.end:{_FIELD}}"
        return _field(self.start), _field(self.end)

    @property
    def export(self) -> str:
        """The query string with which the HTTP API tells of the same."""
        own = {"from": self.window.start.isoformat(), "to": self.window.end.isoformat()}
        when = own if self.range == "custom" else self.when
        return "?" + urlencode({name: value for name, value in {**when, **self.which}.items() if value})

    def filters(self, organization: int | None) -> Filters:
        return Filters(organization=organization, provider=self.provider, model=self.model)

    @property
    def filtered(self) -> bool:
        return bool(self.provider or self.model or self.org)


def read(query: Mapping[str, str], now: datetime) -> Asked:
    words = {name: storable(query.get(name, "")).strip()[:200] for name in _FIELDS}
    orders = {table: words[table] for table in ("providers", "models") if words[table]}
    plain = Asked(
        USUAL, Window(now, now), provider=words["provider"], model=words["model"], org=words["org"], orders=orders
    )
    if words["range"] != "custom":
        return _rolling(plain, words["range"], now)
    try:
        window = _window(words["from"], words["to"], now)
    except ValueError as error:
        return replace(_rolling(plain, USUAL, now), problem=str(error), start=words["from"], end=words["to"])
    return replace(plain, range="custom", window=window, start=words["from"], end=words["to"])


def _rolling(asked: Asked, wanted: str, now: datetime) -> Asked:
    key, _, length, every = next((one for one in RANGES if one[0] == wanted), RANGES[1])
    return replace(asked, range=key, window=Window(now - length, now), every=every)


def _window(start: str, end: str, now: datetime) -> Window:
    """ValueError, in words, where it is none."""
    if not start or not end:
        raise ValueError("A range of your own needs its beginning and its end.")
    window = Window(_moment(start), min(_moment(end), now))
    if window.start >= now:
        raise ValueError("This range lies in the future: there are no figures of it yet.")
    if window.start >= window.end:
        raise ValueError("This range ends before it begins: exchange the two.")
    if not LEAST <= window.length <= MOST:
        raise ValueError(f"A range is a minute to {MOST.days} days long; this one is not.")
    return window


def _field(text: str) -> str:
    try:
        return f"{_moment(text):{_FIELD}}"
    except ValueError:
        return ""


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is no moment: write one like 2026-03-01T14:30 (UTC).") from None
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
