"""What reaches a collector: everything that ended, once, with its true times; also when the collector was away."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from accounts.models import User
from metrics.models import Telemetry
from metrics.telemetry import exporter
from metrics.telemetry.sending import Sender
from metrics.telemetry.wanted import Wanted
from providers.models import Provider
from tests.metrics.collector import Collector, attributes
from tests.metrics.made import FAILED, answer, call, later
from tests.metrics.telemetry_world import LATER, NOW, begun, collector, look, many, requests, sender
from threads.models import Attempt, Generation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("begun")]
__all__ = ["begun", "collector", "many", "sender"]


def _nanoseconds(moment: object) -> int:
    return round(moment.timestamp() * 1e6) * 1000  # type: ignore[attr-defined, no-any-return]


# --- traces ------------------------------------------------------------------------------------------------------
def test_a_trace(sender: Sender, collector: Collector, user: User) -> None:
    Provider.objects.create(name="one", preset="openai-compatible", base_url="http://127.0.0.1:8123/v1")
    Provider.objects.create(name="two", preset="gemini", base_url="")
    row = answer(user, NOW, [call(**FAILED, provider="two"), call("fallback", sent=0.7)])
    assert look(sender) == ""
    assert len(collector.taken) == 1
    told = {attributes(span.attributes).get("chatsite.call.number", 0): span for _, span in collector.spans()}
    root, first, second = (told[number] for number in (0, 1, 2))
    assert {span.trace_id for span in told.values()} == {root.trace_id}
    assert (first.parent_span_id, second.parent_span_id) == (root.span_id, root.span_id)
    assert (root.name, root.kind, root.status.code) == ("answer", Span.SPAN_KIND_INTERNAL, Status.STATUS_CODE_UNSET)
    assert (first.name, first.kind, first.status.code) == ("chat f", Span.SPAN_KIND_CLIENT, Status.STATUS_CODE_ERROR)
    times = [(span.start_time_unix_nano, span.end_time_unix_nano) for span in (root, first, second)]
    calls = Attempt.objects.filter(generation=row).order_by("number")
    assert times == [
        (_nanoseconds(row.created_at), _nanoseconds(row.finished_at)),
        *((_nanoseconds(one.sent_at), _nanoseconds(one.finished_at)) for one in calls),
    ]
    happened = [(event.name, event.time_unix_nano) for event in root.events]
    assert happened == [
        ("chatsite.first_token", _nanoseconds(row.first_token_at)),
        ("chatsite.fallback", _nanoseconds(calls[1].sent_at)),
    ]
    assert attributes(root.events[1].attributes)["error.type"] == "overloaded"
    where = [attributes(span.attributes) for span in (first, second)]
    assert [(one["gen_ai.provider.name"], one["server.address"], one["server.port"]) for one in where] == [
        ("gcp.gemini", "generativelanguage.googleapis.com", 443),
        ("one", "127.0.0.1", 8123),
    ]


def test_who_tells_it(collector: Collector, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=tests,service.instance.id=mine")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
    sender = Sender(Wanted(f"{collector.url}/v1/traces", headers="Authorization=Bearer%20abc,x-a=b"))
    answer(user, NOW)
    look(sender)
    [(resource, _), _] = collector.spans()
    assert (resource["service.name"], resource["service.instance.id"]) == ("chatsite", "mine")
    assert resource["deployment.environment.name"] == "tests"
    [(_, headers, _)] = collector.asked
    assert {name.lower(): value for name, value in headers.items()}.items() >= {
        "authorization": "Bearer abc", "x-a": "b", "content-encoding": "gzip",
    }.items()  # fmt: skip


def test_each_is_sent_once(sender: Sender, collector: Collector, many: list[str], user: User) -> None:
    assert look(sender) == ""
    assert requests(collector.roots()) == many
    assert [len(body) > 0 for _, body in collector.taken] == [True] * 3
    look(sender)
    look(sender, later(LATER, 600))
    assert len(collector.taken) == 3
    answer(user, later(NOW, 1))
    look(sender, later(LATER, 600))
    assert len(collector.roots()) == len(many) + 1


def test_those_that_ended_in_the_same_moment(
    sender: Sender, collector: Collector, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "AT_ONCE", 2)
    made = {str(answer(user, NOW).pk) for _ in range(5)}
    look(sender)
    told = requests(collector.roots())
    assert len(told) == 5
    assert set(told) == made


def test_what_has_only_just_ended_waits(sender: Sender, collector: Collector, user: User) -> None:
    """Its calls may not be settled, and one that ended sooner may not be stored."""
    answer(user, NOW)
    look(sender, later(NOW, exporter.LAG.total_seconds() - 0.01))
    assert collector.taken == []
    look(sender, later(NOW, exporter.LAG.total_seconds()))
    assert len(collector.roots()) == 1


def test_what_ended_before_the_first_look_is_not_sent(sender: Sender, collector: Collector, user: User) -> None:
    Telemetry.objects.all().delete()
    answer(user, later(NOW, -100))
    look(sender, NOW)
    look(sender, LATER)
    assert collector.taken == []


def test_samplers_are_the_environments(
    collector: Collector, user: User, monkeypatch: pytest.MonkeyPatch, many: list[str]
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.3")
    sender = Sender(Wanted(f"{collector.url}/v1/traces"))
    look(sender)
    kept = len(collector.roots())
    assert 2 < kept < 35
    assert len(list(collector.spans())) == 2 * kept, "with their calls"
    assert exporter._begin("one", LATER).id == Generation.objects.latest("finished_at", "pk").pk, "the others are done"


# --- a collector that is away ------------------------------------------------------------------------------------
def test_a_dead_collector_costs_nothing_and_loses_nothing(
    sender: Sender, collector: Collector, many: list[str]
) -> None:
    collector.kill()
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert "does not answer" in look(sender)
        read = [query["sql"] for query in queries if "threads_generation" in query["sql"]]
        assert len(read) == 1, "one batch is in memory, whatever waits"
    collector.start()
    assert look(sender) == ""
    assert requests(collector.roots()) == many


def test_killed_between_two_requests(sender: Sender, collector: Collector, many: list[str]) -> None:
    def die() -> None:
        collector.status = 503

    collector.after = die
    assert "503" in look(sender)
    assert len(collector.roots()) == exporter.AT_ONCE
    collector.kill()
    collector.status, collector.after = 200, lambda: None
    look(sender)
    collector.start()
    look(sender)
    assert requests(collector.roots()) == many


def test_killed_before_it_could_say_that_it_took_them(sender: Sender, collector: Collector, user: User) -> None:
    """Then they are sent again, and are the same traces."""
    answer(user, NOW)

    def die() -> None:
        raise ConnectionAbortedError

    collector.after = die
    assert "does not answer" in look(sender)
    collector.after = lambda: None
    assert look(sender) == ""
    roots = collector.roots()
    assert len(roots) >= 2
    assert len({(root.trace_id, root.span_id) for root in roots}) == 1


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_a_collector_that_does_not_take_them_is_asked_again(
    sender: Sender, collector: Collector, user: User, status: int
) -> None:
    answer(user, NOW)
    collector.status = status
    assert str(status) in look(sender)
    collector.status = 200
    assert look(sender) == ""
    assert len(collector.roots()) == 1


@pytest.mark.parametrize("status", [400, 413])
def test_what_is_refused_for_itself_holds_nothing_up(
    sender: Sender, collector: Collector, user: User, status: int
) -> None:
    answer(user, NOW)
    collector.status = status
    assert look(sender) == ""
    collector.status = 200
    answer(user, later(NOW, 1))
    look(sender)
    assert len(collector.roots()) == 1


def test_after_hours_the_old_is_left_out(sender: Sender, collector: Collector, user: User) -> None:
    answer(user, NOW)
    fresh = answer(user, later(NOW, 7200 - 60))
    look(sender, later(NOW, 7200))
    assert requests(collector.roots()) == [str(fresh.pk)]
