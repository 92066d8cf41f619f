"""What was spent, by one property, and what a month will have cost. Synchronous reads, as `metrics.queries`.

Sums add up: what belongs to nobody that can be named (deleted chats, deleted accounts, whatever is not listed one by
one) is a line of its own. Who may ask is the doors'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from accounts.models import Organization, User
from metrics import queries, thread_costs
from metrics.figures import Figures, Filters, Window
from metrics.forecast import Forecast, forecast, since
from metrics.rollups import HOURS_KEPT
from metrics.spans import DAY, floor, steps
from metrics.sums import added, left

By = Literal["day", "model", "provider", "organization", "user", "thread"]
BYS: tuple[By, ...] = get_args(By)
Rest = Literal["", "others", "deleted", "outside", "gone"]
MOST = 100  # lines, the dearest ones, where nobody asks for more


@dataclass(frozen=True, slots=True)
class Line:
    """Of calls. `key` is the outward name: a day, a name, a slug, an e-mail, a conversation's id. Where that is none of
    these, `rest` says what it is: all `others`, `deleted` chats, calls `outside` any chat, accounts that are `gone`.

    `id` is the row's, of people, organisations and conversations; `owner`, `email` and `title` are a conversation's."""

    key: str
    figures: Figures
    rest: Rest = ""
    id: Any = None
    owner: Any = None
    email: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Costs:
    """`lines`: days in their order, all else by what it cost, the rest at the end. Their sum is `total`."""

    by: By
    window: Window
    lines: tuple[Line, ...]
    total: Figures


@dataclass(frozen=True, slots=True)
class Day:
    """`by_provider` and `by_model` have what was called on that day."""

    start: datetime
    calls: Figures
    by_provider: Mapping[str, Figures]
    by_model: Mapping[str, Figures]


def per_day(filters: Filters, window: Window) -> list[Day]:
    """Without a gap. `window` begins with a day: what is before its beginning on that day would be counted, too."""
    found = queries.series(filters, window, DAY)
    return [
        Day(point.start, point.calls, _on(found.by_provider, at), _on(found.by_model, at))
        for at, point in enumerate(found.points)
    ]


def _on(lines: Mapping[str, Sequence[Figures]], at: int) -> dict[str, Figures]:
    return {name: points[at] for name, points in lines.items() if points[at].count}


def costs(filters: Filters, by: By, window: Window, most: int = MOST, days: Sequence[Day] | None = None) -> Costs:
    """`most` lines beside the rest, but every day. `days`: what `per_day` has read of this window already."""
    if window.start < datetime.now(UTC) - HOURS_KEPT:  # of which whole days are known
        window = Window(floor(window.start, DAY), window.end)
    if by == "day":
        lines = _days(filters, window, days)
        return Costs(by, window, tuple(lines), added(line.figures for line in lines))
    total = added(_by(filters, "provider", window, days).values())
    if by == "thread":
        lines = _threads(filters, window, total, most)
    elif by == "provider" or by == "model":
        lines = _most([Line(name, one) for name, one in _by(filters, by, window, days).items()], most)
    else:
        lines = _most(_whose(filters, by, window), most)
    rest = left(total, added(line.figures for line in lines))
    if rest is not None:  # with an account go its rows and its sums, while the site's sums stay
        lines.append(Line("", rest, "gone"))
    return Costs(by, window, tuple(lines), total)


def _days(filters: Filters, window: Window, days: Sequence[Day] | None) -> list[Line]:
    if days is not None:
        return [Line(f"{day.start:%Y-%m-%d}", added([day.calls])) for day in days]
    found = queries.breakdown(filters, window, "day")
    return [
        Line(f"{day:%Y-%m-%d}", added([found[day]] if day in found else []))
        for day in steps(window.start, window.end, DAY)
    ]


def _by(
    filters: Filters, by: Literal["provider", "model"], window: Window, days: Sequence[Day] | None
) -> dict[str, Figures]:
    if days is None:
        return {name: added([one]) for name, one in queries.breakdown(filters, window, by).items()}
    found: dict[str, list[Figures]] = {}
    for day in days:
        for name, figures in (day.by_provider if by == "provider" else day.by_model).items():
            found.setdefault(name, []).append(figures)
    return {name: added(figures) for name, figures in found.items()}


def _whose(filters: Filters, by: Literal["organization", "user"], window: Window) -> list[Line]:
    found = queries.breakdown(filters, window, by)
    if by == "organization":
        names = dict(Organization.objects.filter(pk__in=list(found)).values_list("pk", "slug"))
    else:
        names = dict(User.objects.filter(pk__in=list(found)).values_list("pk", "email"))
    return [Line(names[pk], added([figures]), id=pk) for pk, figures in found.items() if pk in names]


def month(filters: Filters, now: datetime) -> Forecast:
    """The calendar month that `now` is in, so far and at its end."""
    found = queries.breakdown(filters, Window(since(now), now + timedelta(microseconds=1)), "day")
    return forecast({day: figures.cost_usd for day, figures in found.items()}, now)


def _most(lines: list[Line], most: int) -> list[Line]:
    ordered = sorted(lines, key=lambda line: (-(line.figures.cost_usd or 0), -line.figures.count, line.key))
    if len(ordered) <= most:
        return ordered
    return [*ordered[:most], Line("", added(line.figures for line in ordered[most:]), "others")]


def _threads(filters: Filters, window: Window, total: Figures, most: int) -> list[Line]:
    found = thread_costs.by_thread(filters, window, total, most)
    known = thread_costs.about([which for which in found if not isinstance(which, str)])
    lines = []
    for which, figures in found.items():
        if isinstance(which, str):
            lines.append(Line("", figures, which))
        elif (one := known.get(which)) is None:  # deleted since
            lines.append(Line("", figures, "deleted"))
        else:
            lines.append(Line(str(which), figures, "", which, one.owner, one.email, one.title))
    return lines
