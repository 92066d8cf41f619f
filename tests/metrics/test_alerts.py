"""Troubles from their beginning to their end: told once, over once, by one process; nothing floods."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from metrics.alerts import incidents
from metrics.alerts.models import Alert, Channel, Delivery, Rules
from tests.metrics.alerting import at, finding, follow, hook, seen
from tests.metrics.receivers import Receiver, webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook that is a channel."""
    with webhook() as running:
        hook(running.url)
        yield running


def test_what_lasts_is_told_once(receiver: Receiver) -> None:
    minute = follow("bbbbb")
    assert receiver.events == [], "not for five minutes yet"
    follow("bbbbbbbbbb", start=minute)
    assert receiver.events == ["opened"]
    [row] = Alert.objects.all()
    assert (row.since, row.told_at, row.seen_at) == (at(0), at(5), at(14))


def test_what_passes_is_not_told(receiver: Receiver) -> None:
    follow("bbbbfbbbbfbbbb")
    assert receiver.events == []
    follow("f", start=14)
    assert not Alert.objects.exists()


def test_what_is_over_is_told_once(receiver: Receiver) -> None:
    minute = follow("bbbbbb" + "f" * 10)
    assert receiver.events == ["opened"], "not well for ten minutes yet"
    follow("fffff", start=minute)
    assert receiver.events == ["opened", "recovered"]
    [row] = Alert.objects.all()
    assert (row.recovered_at, row.ending, row.what) == (at(16), "It is fine.", "It is bad.")


def test_flapping_is_one_alert(receiver: Receiver) -> None:
    minute = follow("bbbbbb" + "ffffffffb" * 10)
    assert receiver.events == ["opened"]
    follow("f" * 11, start=minute)
    assert receiver.events == ["opened", "recovered"]


def test_it_may_come_again(receiver: Receiver) -> None:
    follow("bbbbbb" + "f" * 11 + "bbbbbb")
    assert receiver.events == ["opened", "recovered", "opened"]
    assert len({one["alert"]["id"] for one in receiver.told}) == 2


def test_too_little_to_judge_by_decides_nothing(receiver: Receiver) -> None:
    minute = follow("bbb" + "uub")
    assert receiver.events == ["opened"], "in between nobody asked"
    minute = follow("u" * 58, start=minute)
    assert receiver.events == ["opened"]
    follow("uuu", start=minute)
    assert receiver.events == ["opened", "recovered"]
    assert "too little to judge by" in receiver.told[1]["alert"]["ending"]


def test_what_was_not_told_is_forgotten_after_a_while(receiver: Receiver) -> None:
    follow("b" + "u" * 7 + "b")
    assert receiver.events == []
    assert Alert.objects.get().since == at(8)


def test_a_night_without_a_process_is_no_trouble_that_lasted(receiver: Receiver) -> None:
    follow("b")
    follow("b", start=600)
    assert receiver.events == []
    assert Alert.objects.get().since == at(600)


def test_what_is_gone_is_over_at_once(receiver: Receiver) -> None:
    follow("bbb", kind="breaker", subject="7")
    seen(3, finding("gone", "breaker", "7", what="It was removed."))
    assert receiver.events == ["opened", "recovered"]
    seen(4, finding("bad", "breaker", "8"))
    seen(5, finding("gone", "breaker", "8"))
    assert Alert.objects.count() == 1


def test_a_budget_is_told_at_once_and_again_when_it_is_worse(receiver: Receiver) -> None:
    follow("bb", kind="budget", subject="1")
    seen(2, finding("bad", "budget", "1", level=2, what="All is spent."))
    seen(3, finding("bad", "budget", "1", level=2))
    seen(4, finding("bad", "budget", "1"))
    assert receiver.events == ["opened", "worse"]
    assert "All is spent." in receiver.told[1]["text"]
    follow("f" * 12, start=5, kind="budget", subject="1")
    assert receiver.events == ["opened", "worse", "recovered"]


def test_the_rules_are_staffs() -> None:
    rules = Rules(missed_minutes=1, fine_minutes=2)
    for minute, state in enumerate(["bad", "bad", "fine", "fine", "fine"]):
        seen(minute, finding(state), rules=rules)  # type: ignore[arg-type]
    row = Alert.objects.get()
    assert (row.told_at, row.recovered_at) == (at(1), at(4))


def test_without_a_channel_it_is_kept_all_the_same() -> None:
    follow("bbbbbb")
    assert [row.title for row in incidents.open_now()] == ["first token, p95"]
    assert not Delivery.objects.exists()


def test_only_those_who_heard_of_it_hear_that_it_is_over(receiver: Receiver) -> None:
    follow("bbbbbb")
    with webhook() as late:
        hook(late.url, name="late")
        follow("f" * 11, start=6)
        assert (receiver.events, late.events) == (["opened", "recovered"], [])


def test_a_channel_that_is_switched_off_is_told_nothing(receiver: Receiver) -> None:
    Channel.objects.update(enabled=False)
    follow("bbbbbb")
    assert receiver.events == []


# --- several at once ---------------------------------------------------------------------------------------------
def _together(act: Callable[[], None], several: int = 4) -> None:
    """`act` on as many threads, each with its connection, that begin in the same moment."""
    barrier, failures = threading.Barrier(several), list[BaseException]()

    def run() -> None:
        try:
            barrier.wait(10)
            act()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(several)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_of_several_that_decide_at_once_one_tells(receiver: Receiver) -> None:
    for minute in (0, 5):
        _together(lambda minute=minute: seen(minute, finding("bad"), finding("bad", subject="cancel_p95")))
    seen(6)
    assert receiver.events == ["opened", "opened"]
    assert Alert.objects.count() == 2
    for minute in (6, 17):
        _together(lambda minute=minute: seen(minute, finding("fine"), finding("fine", subject="cancel_p95")))
    seen(18)
    assert receiver.events == ["opened", "opened", "recovered", "recovered"]


@pytest.mark.django_db(transaction=True)
def test_of_several_that_see_it_get_worse_one_tells(receiver: Receiver) -> None:
    seen(0, finding("bad", "budget", "1"))
    _together(lambda: seen(1, finding("bad", "budget", "1", level=2)))
    seen(2)
    assert receiver.events == ["opened", "worse"]
