"""Whose turn it is to send, and what histograms make of what was sent."""

import pytest

from accounts.models import User
from metrics.telemetry import turn
from metrics.telemetry.sending import Sender
from metrics.telemetry.wanted import Wanted
from tests.metrics.collector import Collector, attributes
from tests.metrics.made import FAILED, answer, call, later
from tests.metrics.telemetry_world import LATER, NOW, begun, collector, look, many, requests, sender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("begun")]
__all__ = ["begun", "collector", "many", "sender"]


# --- whose turn it is --------------------------------------------------------------------------------------------
def test_one_process_sends(sender: Sender, collector: Collector, user: User) -> None:
    answer(user, NOW)
    look(sender, who="one")
    answer(user, later(NOW, 1))
    look(sender, who="two")
    assert len(collector.roots()) == 1
    look(sender, who="one")
    assert len(collector.roots()) == 2


def test_another_goes_on_where_one_died(sender: Sender, collector: Collector, many: list[str]) -> None:
    look(sender, who="one", now=later(NOW, -250))
    sent = len(collector.roots())
    assert 0 < sent < len(many)
    look(sender, who="two", now=later(NOW, -250) + turn.HOLD * 0.99)
    assert len(collector.roots()) == sent
    look(sender, who="two", now=LATER)
    assert requests(collector.roots()) == many


def test_another_goes_on_at_once_where_one_has_left(sender: Sender, collector: Collector, user: User) -> None:
    look(sender, who="one")
    turn.leave("two")
    answer(user, NOW)
    look(sender, who="two")
    assert collector.taken == []
    turn.leave("one")
    look(sender, who="two")
    assert len(collector.roots()) == 1


def test_who_was_overtaken_while_sending_counts_nothing(sender: Sender, collector: Collector, user: User) -> None:
    """What is sent twice is the same trace; histograms could not tell."""
    answer(user, NOW)
    other = Sender(Wanted(f"{collector.url}/v1/traces"))

    class Slow:
        def send(self, traces: object) -> object:
            look(other, who="two", now=LATER + turn.HOLD)
            return sender.send(traces)  # type: ignore[arg-type]

        record = sender.record

    look(Slow(), who="one")  # type: ignore[arg-type]
    sender.flush()
    assert len(collector.roots()) == 2
    assert len({span.span_id for span in collector.roots()}) == 1
    assert collector.points("gen_ai.client.operation.duration") == []


# --- histograms --------------------------------------------------------------------------------------------------
def test_histograms(sender: Sender, collector: Collector, user: User) -> None:
    for number in range(3):
        answer(user, later(NOW, number), [call(**FAILED), call("retry", sent=0.1)])
    look(sender)
    look(sender)
    sender.flush()
    points = collector.points("gen_ai.client.operation.duration")
    told = {attributes(point.attributes).get("error.type"): point for point in points}
    assert set(told) == {None, "overloaded"}
    assert (told[None].count, told[None].sum) == (3, pytest.approx(3 * 1.5))
    bounds = [0.01 * 2**power for power in range(14)]
    assert list(told[None].explicit_bounds) == pytest.approx(bounds)
    counts = dict(zip([*bounds, None], told[None].bucket_counts, strict=True))
    assert [(bound, number) for bound, number in counts.items() if number] == [(2.56, 3)]
    [first] = collector.points("gen_ai.client.operation.time_to_first_chunk")
    assert (first.count, first.sum) == (3, pytest.approx(3 * 0.4))
    tokens = collector.points("gen_ai.client.token.usage")
    assert {attributes(one.attributes)["gen_ai.token.type"]: one.sum for one in tokens} == {"input": 300, "output": 33}
    assert list(tokens[0].explicit_bounds) == [4.0**power for power in range(14)]


def test_histograms_outlast_a_collector_that_is_away(sender: Sender, collector: Collector, user: User) -> None:
    answer(user, NOW)
    look(sender)
    collector.kill()
    sender.flush()
    collector.start()
    answer(user, later(NOW, 1))
    look(sender)
    sender.flush()
    [point] = collector.points("gen_ai.client.operation.duration")
    assert point.count == 2


def test_either_alone(collector: Collector, user: User) -> None:
    answer(user, NOW)
    histograms = Sender(Wanted(metrics=f"{collector.url}/v1/metrics"))
    look(histograms)
    histograms.flush()
    assert {path for path, _ in collector.taken} == {"/v1/metrics"}
    histograms.close()
    collector.taken.clear()
    answer(user, later(NOW, 1))
    traces = Sender(Wanted(f"{collector.url}/v1/traces"))
    look(traces)
    traces.flush()
    traces.close()
    assert {path for path, _ in collector.taken} == {"/v1/traces"}
