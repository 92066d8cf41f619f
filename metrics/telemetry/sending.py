"""OpenTelemetry's SDK, and nothing else knows it: spans and histograms become OTLP, sent over HTTP.

How to sample, how much an attribute may have, how long to wait, which certificate to trust: all that is the SDK's to
read from the environment. Not used are its global providers and its queue of spans, which would be lost with the
process and drops what it has no room for; spans are sent from here, and what came of it is told.
"""

import socket
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Histogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExportResult, MetricsData, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.util.re import parse_env_headers
from requests import Response, Session

from metrics.names import DURATION_BOUNDS, TOKEN_BOUNDS, Metric
from metrics.telemetry.drawing import Measurement, Span, Trace
from metrics.telemetry.wanted import Wanted

log = structlog.get_logger(__name__)

SCOPE = "chatsite"
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
# What is wrong with these requests is in them: sent again they would be refused again, and nothing after them be sent.
_REFUSED = frozenset({400, 413, 422})
_HISTOGRAMS = {
    Metric.OPERATION_DURATION: ("s", "GenAI operation duration.", DURATION_BOUNDS),
    Metric.TIME_TO_FIRST_CHUNK: ("s", "Time to receive the first chunk of a streaming response.", DURATION_BOUNDS),
    Metric.TOKEN_USAGE: ("{token}", "Number of input and output tokens used.", TOKEN_BOUNDS),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`done`: there is nothing more to do about it. `problem` is "" where all was taken."""

    done: bool
    problem: str = ""


class Outage:
    """Says once that something is not sent, and once that it is again."""

    def __init__(self, what: str) -> None:
        self._what, self._lasts = what, False

    def told(self, problem: str) -> None:
        if problem and not self._lasts:
            log.warning("telemetry_not_sent", what=self._what, problem=problem)
        elif self._lasts and not problem:
            log.info("telemetry_is_sent_again", what=self._what)
        self._lasts = bool(problem)


class Sender:
    """One a process. Used by one thread; `hurry` may be called from another."""

    def __init__(self, wanted: Wanted) -> None:
        resource, headers = _resource(), parse_env_headers(wanted.headers, liberal=True)
        self._ids = _Ids()
        self._spans = _Spans(wanted.traces, headers) if wanted.traces else None
        # Neither is ended by the interpreter at its exit, which would wait for a collector that does not answer.
        traced = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        self._tracer: Tracer = traced.get_tracer(SCOPE)
        readers = [PeriodicExportingMetricReader(_Metrics(wanted.metrics, headers))] if wanted.metrics else []
        self._metered = MeterProvider(readers, resource, shutdown_on_exit=False)
        self._histograms = _histograms(self._metered)

    def send(self, traces: Iterable[Trace]) -> Outcome:
        """All of them in one request, and the answer to it awaited."""
        if self._spans is None:
            return Outcome(True)
        spans = [span for trace in traces for span in self._of(trace)]
        return self._spans.send(spans) if spans else Outcome(True)

    def record(self, measurements: Iterable[Measurement]) -> None:
        """Count them in the histograms, which are sent by themselves from time to time."""
        for metric, value, attributes in measurements:
            self._histograms[metric].record(value, attributes)

    def flush(self) -> None:
        """Send the histograms now."""
        self._metered.force_flush()

    def hurry(self) -> None:
        """The process goes down: try nothing again. Nothing can be sent afterwards."""
        if self._spans is not None:
            self._spans.exporter.shutdown()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Send the histograms a last time. Takes as long as the collector does."""
        self._metered.shutdown()

    def _of(self, trace: Trace) -> list[ReadableSpan]:
        """What is left of it after sampling."""
        self._ids.trace = trace.id
        root = self._begun(trace.answer, Context())
        drawn = [(root, trace.answer)]
        drawn += [(self._begun(call, set_span_in_context(root, Context())), call) for call in trace.calls]
        for span, drawing in drawn:
            for event in drawing.events:
                span.add_event(event.name, event.attributes, _nanoseconds(event.at))
            if drawing.failed:
                span.set_status(Status(StatusCode.ERROR))
            span.end(_nanoseconds(drawing.end))
        return [span for span, _ in drawn if isinstance(span, ReadableSpan)]

    def _begun(self, span: Span, context: Context) -> Any:
        self._ids.span = span.id
        kind = SpanKind.CLIENT if span.outward else SpanKind.INTERNAL
        return self._tracer.start_span(span.name, context, kind, span.attributes, start_time=_nanoseconds(span.start))


class _Ids(IdGenerator):
    """Says the ids that it was told."""

    trace = span = 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span

    def is_trace_id_random(self) -> bool:
        return True  # made of a UUID by hashing


class _Spans:
    """Sends spans, and says what came of it; the exporter alone says yes or no."""

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        self._statuses: list[int] = []
        session = Session()
        session.hooks["response"].append(self._answered)
        self.exporter = OTLPSpanExporter(address, headers=headers, session=session)

    def send(self, spans: Sequence[ReadableSpan]) -> Outcome:
        self._statuses.clear()
        if self.exporter.export(spans) is SpanExportResult.SUCCESS:
            return Outcome(True)
        if not self._statuses:
            return Outcome(False, "The collector does not answer.")
        status = self._statuses[-1]
        return Outcome(status in _REFUSED, f"The collector answers with {status}.")

    def _answered(self, response: Response, *_: object, **__: object) -> None:
        self._statuses.append(response.status_code)


class _Metrics(OTLPMetricExporter):
    """Says when it fails: nobody else asks it."""

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        super().__init__(address, headers=headers)
        self._outage = Outage("metrics")

    def export(
        self, metrics_data: MetricsData, timeout_millis: float | None = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        result = super().export(metrics_data, timeout_millis, **kwargs)
        self._outage.told("" if result is MetricExportResult.SUCCESS else "The collector does not take them.")
        return result


def _resource() -> Resource:
    """Who tells this. What the environment says of it wins."""
    usual = {"service.name": SCOPE, "service.instance.id": str(uuid.uuid4()), "host.name": socket.gethostname()}
    return Resource.create({**usual, **OTELResourceDetector().detect().attributes})


def _histograms(provider: MeterProvider) -> dict[Metric, Histogram]:
    meter = provider.get_meter(SCOPE)
    return {
        name: meter.create_histogram(name.value, unit, words, explicit_bucket_boundaries_advisory=bounds)
        for name, (unit, words, bounds) in _HISTOGRAMS.items()
    }


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND * 1000
