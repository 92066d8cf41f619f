"""Providers and models, one to a row: their figures, how they do over time, whether they are called now. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from metrics.dashboard import words
from metrics.dashboard.asked import Asked
from metrics.dashboard.sparks import Spark, spark
from metrics.dashboard.words import Say
from metrics.figures import Figures
from providers.dispatch.health import Health

_WORST_FIRST = ("open", "half_open", "closed")


@dataclass(frozen=True, slots=True)
class Column:
    """`order` is what its heading asks for; `sorted`: ascending, descending or none."""

    label: str
    address: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Row:
    """`health`: open, half_open, closed or unknown; `words` says more; `calls_now` are in flight."""

    name: str
    cells: Sequence[str]
    calls: Spark
    first_token: Spark
    health: str
    words: str
    calls_now: int
    address: str  # this page, with nothing but this


@dataclass(frozen=True, slots=True)
class Table:
    key: str  # providers, models
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class _Figure:
    key: str
    label: str
    say: Say
    read: Callable[[Figures], float | None]


_FIGURES = (
    _Figure("calls", "Calls", words.count, lambda of: of.count),
    _Figure("failed", "Failed", words.share, lambda of: of.error_rate),
    _Figure("ttft_p50", "First token p50", words.seconds, lambda of: of.ttft.p50),
    _Figure("ttft_p95", "First token p95", words.seconds, lambda of: of.ttft.p95),
    _Figure("latency_p95", "Whole call p95", words.seconds, lambda of: of.latency.p95),
    _Figure("speed", "Tokens/s p50", words.rate, lambda of: of.speed.p50),
    _Figure("tokens", "Tokens", words.count, lambda of: of.tokens.total),
    _Figure("cost", "Cost", words.usd, lambda of: None if of.cost_usd is None else float(of.cost_usd)),
)
_BY_KEY = {figure.key: figure for figure in _FIGURES}


def table(
    key: str,
    title: str,
    asked: Asked,
    figures: Mapping[str, Figures],
    series: Mapping[str, Sequence[Figures]],
    health: Iterable[tuple[str, Health]],
) -> Table:
    """`health` tells of a deployment, with the name of the row it belongs to. Those that were not called but have
    health to tell of are rows, too."""
    by_name: dict[str, list[Health]] = {}
    for name, one in health:
        by_name.setdefault(name, []).append(one)
    order = asked.orders.get(key, "")
    order = order if order.removeprefix("-") in {"name", *_BY_KEY} else "-calls"
    everybody = {name: figures.get(name, Figures()) for name in [*figures, *by_name]}
    field = key.removesuffix("s")
    rows = [
        _row(name, everybody[name], series.get(name, ()), by_name.get(name, ()), asked.address(**{field: name}))
        for name in _sorted(everybody, order)
    ]
    return Table(key, title, _columns(key, order, asked), rows)


def _sorted(figures: Mapping[str, Figures], order: str) -> list[str]:
    """What was not measured comes last, whichever way."""
    names = sorted(figures)
    key, falling = order.removeprefix("-"), order.startswith("-")
    if key == "name":
        return names[::-1] if falling else names
    read = _BY_KEY[key].read
    measured = [(value, name) for name in names if (value := read(figures[name])) is not None]
    measured.sort(key=lambda one: -one[0] if falling else one[0])
    found = [name for _, name in measured]
    return found + [name for name in names if name not in set(found)]


def _columns(table: str, order: str, asked: Asked) -> list[Column]:
    return [
        _column(table, key, label, order, asked)
        for key, label in (("name", "Name"), *((figure.key, figure.label) for figure in _FIGURES))
    ]


def _column(table: str, key: str, label: str, order: str, asked: Asked) -> Column:
    """The first click on a figure puts the largest first, on the name the first; another one turns it round."""
    first, second = (key, f"-{key}") if key == "name" else (f"-{key}", key)
    directions = {key: "ascending", f"-{key}": "descending"}
    return Column(
        label,
        address=asked.address(**{table: second if order == first else first}),
        sorted=directions.get(order, "none"),
    )


def _row(name: str, figures: Figures, points: Sequence[Figures], health: Sequence[Health], address: str) -> Row:
    state = min((one.state for one in health), key=_WORST_FIRST.index, default="unknown")
    return Row(
        name=name,
        cells=[figure.say(figure.read(figures)) for figure in _FIGURES],
        calls=spark([float(point.count) for point in points], words.count),
        first_token=spark([point.ttft.p95 for point in points], words.seconds),
        health=state,
        words=_words(state, health),
        calls_now=sum(one.in_flight for one in health),
        address=address,
    )


def _words(state: str, health: Sequence[Health]) -> str:
    ill = [one for one in health if one.state == state]
    told = {
        "closed": "Called",
        "unknown": "Not called lately",
        "half_open": "The next call is a trial",
        "open": f"Resting, next trial in {max((one.rest_s for one in ill), default=0):.0f} s",
    }[state]
    if state != "closed" and 0 < len(ill) < len(health):
        told = f"{len(ill)} of {len(health)}: {told[0].lower()}{told[1:]}"
    staff = next((one.needs_staff for one in health if one.needs_staff), "")
    return f"{told}. {staff}" if staff else told
