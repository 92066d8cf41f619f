"""The site's figures as Prometheus reads them: counters and histograms since the first answer, gauges of now.

All come from the database, so every process tells the same, and a restart sets nothing back: scrape one address.
What ended on earlier days is added up once a day, and kept by the process.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector, CollectorRegistry

from metrics import queries, rollups, stored
from metrics.figures import Filters
from metrics.histogram import Distribution
from metrics.names import (
    CHUNK_BOUNDS,
    DURATION_BOUNDS,
    FIRST_BOUNDS,
    TOKEN_BOUNDS,
    Attribute,
    Metric,
    Operation,
    SiteMetric,
    TokenType,
    prometheus,
)
from metrics.spans import DAY, floor, spans
from metrics.tally import USD, Cell, Tally, together

Cells = dict[tuple[str, str], Cell]
Calls = Mapping[tuple[str, str], Tally]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_OF_CALL = [prometheus(name) for name in (Attribute.OPERATION, Attribute.PROVIDER, Attribute.REQUEST_MODEL)]
_OF_COUNT = [prometheus(name) for name in (Attribute.PROVIDER, Attribute.REQUEST_MODEL)]
# The name outside, the one in a tally, bounds, words. Of calls, then of answers.
_CALL_TIMES = (
    (Metric.OPERATION_DURATION, "latency", DURATION_BOUNDS, "Seconds of calls that were completed."),
    (Metric.TIME_TO_FIRST_CHUNK, "ttft", FIRST_BOUNDS, "Seconds from a call to its first token."),
    (Metric.TIME_PER_OUTPUT_CHUNK, "tpot", CHUNK_BOUNDS, "Seconds per token after the first."),
)
_ANSWER_TIMES = (
    (SiteMetric.TIME_TO_FIRST_TOKEN, "ttft", FIRST_BOUNDS, "Seconds until a person could see the first token."),
    (SiteMetric.ANSWER_DURATION, "latency", DURATION_BOUNDS, "Seconds of answers that were completed."),
    (SiteMetric.QUEUE_DURATION, "queue", FIRST_BOUNDS, "Seconds from a question to its first call."),
    (SiteMetric.STOP_DURATION, "cancel", FIRST_BOUNDS, "Seconds from a stop to its end."),
)
_TOKENS = ((TokenType.INPUT, "input_tokens"), (TokenType.OUTPUT, "output_tokens"))
_STATES = ("completed", "cancelled", "failed")


class Ground:
    """What ended before today, by provider and model."""

    def __init__(self) -> None:
        self._until: datetime | None = None
        self._cells: Cells = {}

    def cells(self, now: datetime) -> Cells:
        """With it, everything up to `now`."""
        rolled = rollups.rolled_until()
        today = floor(now if rolled is None else min(now, rolled), DAY)
        if self._until != today:
            self._cells, self._until = _read(_BEGINNING, today, rolled), today
        found: Cells = {}
        for cells in (self._cells, _read(today, now, rolled)):
            for key, cell in cells.items():
                found.setdefault(key, Cell()).merge(cell)
        return found


def _read(start: datetime, end: datetime, rolled: datetime | None) -> Cells:
    parts = stored.refined(spans(start, end, rolled), Filters())
    return rollups.collect(Filters(), parts, lambda where: (where.provider, where.model))


class Site(Collector):
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def collect(self) -> Iterator[Family]:
        cells = self._ground.cells(datetime.now(UTC))
        yield from _of_calls({key: one.calls for key, one in sorted(cells.items()) if one.calls.counts["count"]})
        yield from _of_answers(together(cells.values()).answers)
        present = queries.now(Filters())
        yield GaugeMetricFamily(prometheus(SiteMetric.RUNNING), "Answers being written.", present.running)
        yield GaugeMetricFamily(prometheus(SiteMetric.QUEUED), "Answers that wait for a worker.", present.queued)


def text(ground: Ground) -> bytes:
    registry = CollectorRegistry()
    registry.register(Site(ground))
    return generate_latest(registry)


def _of_calls(calls: Calls) -> Iterator[Family]:
    for name, figure, bounds, words in _CALL_TIMES:
        family = HistogramMetricFamily(prometheus(name, "seconds"), words, labels=_OF_CALL)
        for key, tally in calls.items():
            _measured(family, [Operation.CHAT, *key], tally.times.get(figure), bounds)
        yield family
    usage = HistogramMetricFamily(
        prometheus(Metric.TOKEN_USAGE), "Tokens of a call.", labels=[*_OF_CALL, prometheus(Attribute.TOKEN_TYPE)]
    )
    for key, tally in calls.items():
        for token_type, figure in _TOKENS:
            _measured(usage, [Operation.CHAT, *key, token_type], tally.times.get(figure), TOKEN_BOUNDS)
    yield usage
    counted = CounterMetricFamily(prometheus(SiteMetric.CALLS), "Calls to providers.", labels=[*_OF_COUNT, "state"])
    errors = CounterMetricFamily(
        prometheus(SiteMetric.CALL_ERRORS), "Failed calls.", labels=[*_OF_COUNT, prometheus(Attribute.ERROR_TYPE)]
    )
    cost = CounterMetricFamily(prometheus(SiteMetric.COST), "What calls cost, in US dollars.", labels=_OF_COUNT)
    for key, tally in calls.items():
        for state in _STATES:
            counted.add_metric([*key, state], tally.counts[state])
        for kind, number in sorted(tally.errors.items()):
            errors.add_metric([*key, kind], number)
        cost.add_metric(list(key), sum(tally.cost.values()) / USD)
    yield from (counted, errors, cost)


def _of_answers(answers: Tally) -> Iterator[Family]:
    for name, figure, bounds, words in _ANSWER_TIMES:
        family = HistogramMetricFamily(prometheus(name, "seconds"), words)
        _measured(family, [], answers.times.get(figure), bounds)
        yield family
    ended = CounterMetricFamily(prometheus(SiteMetric.ANSWERS), "Answers that have ended.", labels=["state"])
    for state in _STATES:
        ended.add_metric([state], answers.counts[state])
    yield ended
    for kind in ("retries", "fallbacks", "hedges", "hedges_won", "takeovers"):
        yield CounterMetricFamily(f"chatsite_{kind}", f"{kind.replace('_', ' ').capitalize()}.", answers.counts[kind])


def _measured(
    family: HistogramMetricFamily, labels: list[str], times: Distribution | None, bounds: tuple[float, ...]
) -> None:
    times = times or Distribution()
    counts = zip(map(str, map(float, bounds)), times.at_most(bounds), strict=True)
    # Rounded: added up in another order, the last digit may become smaller, which a counter must not.
    family.add_metric(labels, [*counts, ("+Inf", times.count)], round(times.total, 6))
