"""What tests of telemetry share: a collector, a sender to it, and a clock that stands."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from accounts.models import User
from metrics.telemetry import exporter
from metrics.telemetry.exporter import tick
from metrics.telemetry.sending import Sender
from metrics.telemetry.wanted import Wanted
from tests.metrics.collector import Collector, attributes
from tests.metrics.made import NOW, answer, later

LATER = NOW + timedelta(seconds=60)  # late enough for what ended at NOW


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made
    if made.held is not None:
        made.held.set()
    made.kill()


@pytest.fixture
def sender(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    """Which gives up at once where nobody answers."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.5")
    made = Sender(Wanted(f"{collector.url}/v1/traces", f"{collector.url}/v1/metrics"))
    yield made
    made.hurry()
    made.close()


def look(sender: Sender, now: datetime = LATER, who: str = "one") -> str:
    """One look at what there is to send. To be called where the database may be reached."""
    return tick(sender, who, lambda: now, lambda: True)


@pytest.fixture
def begun(sender: Sender, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ended in the half hour before NOW has not been sent; some at a time will be."""
    monkeypatch.setattr(exporter, "AT_ONCE", 20)
    look(sender, later(NOW, -1800) + exporter.LAG)


@pytest.fixture
def many(user: User) -> list[str]:
    """More than fit into two requests, in the order in which they ended."""
    made = [answer(user, later(NOW, -300 + number)) for number in range(47)]
    return [str(row.pk) for row in made]


def requests(spans: list[Span]) -> list[str]:
    """Whose these are."""
    return [attributes(span.attributes)["chatsite.request.id"] for span in spans]
