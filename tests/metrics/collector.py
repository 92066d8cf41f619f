"""An OpenTelemetry collector for tests: a real server that reads OTLP over HTTP. It can be killed, broken, held."""

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint
from opentelemetry.proto.trace.v1.trace_pb2 import Span


def plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(one) for one in value.array_value.values]
    return getattr(value, str(kind))


def attributes(pairs: Any) -> dict[str, Any]:
    found: list[KeyValue] = list(pairs)
    return {pair.key: plain(pair.value) for pair in found}


@dataclass
class Collector:
    """`status` is what it answers with; `taken` is what it has answered 200 to, `asked` everything, both raw."""

    status: int = 200
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0
    after: Callable[[], None] = lambda: None  # called when something was taken
    held: threading.Event | None = None  # nothing is answered until it is set
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Again at the same port, where it was there before."""
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
                status = collector.answer(self.path, dict(self.headers), body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def kill(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.asked.append((path, headers, body))
        if self.held is not None:
            self.held.wait()
        status = self.status
        if status == 200:
            self.taken.append((path, body))
            self.after()
        return status

    def spans(self) -> Iterator[tuple[dict[str, Any], Span]]:
        """All that were taken, with the attributes of who sent them."""
        for path, body in self.taken:
            if path == "/v1/traces":
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in resource.scope_spans:
                        yield from ((attributes(resource.resource.attributes), span) for span in scope.spans)

    def roots(self) -> list[Span]:
        return [span for _, span in self.spans() if not span.parent_span_id]

    def points(self, name: str) -> list[HistogramDataPoint]:
        """Of the histogram `name`, as it was sent last."""
        found: list[HistogramDataPoint] = []
        for path, body in self.taken:
            if path == "/v1/metrics":
                scopes = [
                    one
                    for each in ExportMetricsServiceRequest.FromString(body).resource_metrics
                    for one in each.scope_metrics
                ]
                named = [metric for scope in scopes for metric in scope.metrics if metric.name == name]
                found = [point for metric in named for point in metric.histogram.data_points] or found
        return found
