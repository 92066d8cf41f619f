"""What each process writes down of the deployments, and what all of it says together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries

from providers import health_table
from providers.dispatch.breaker import REST
from providers.dispatch.health import Board, Seat
from providers.dispatch.targets import Target
from providers.errors import AuthenticationFailed, UpstreamFailed
from providers.health_table import HEARTBEAT, STALE, News, Reporter
from providers.models import Deployment, DeploymentHealth, Model, Provider
from tests.providers.dispatch.plans import Clock, target

pytestmark = pytest.mark.django_db
UP = target(None, "up", provider="openai", model="fast")
LOST = target(None, "gone", provider="openai", model="fast")
Join = Callable[[str], tuple[Board, Reporter]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deployment(openai: Provider) -> Deployment:
    return Deployment.objects.create(model=Model.objects.create(name="fast"), provider=openai, upstream="up")


@pytest.fixture
def join(clock: Clock, deployment: Deployment) -> Join:
    """`board, reporter = join("one")`: a process of this name."""

    def one(process: str) -> tuple[Board, Reporter]:
        board = clock.board()
        return board, Reporter(process, board, clock)

    return one


def _seat(board: Board, at: Target = UP) -> Seat:
    seat = board.take([at])
    assert seat is not None
    return seat


def _alive(news: News | None) -> bool:
    return news is not None and news.alive


def _write(reporter: Reporter) -> News | None:
    if (news := reporter.news()) is not None:
        reporter.write(news)
    return news


def test_what_a_process_saw_is_read_by_others(join: Join, deployment: Deployment) -> None:
    board, reporter = join("one")
    assert reporter.news() is None, "nothing was called"
    seat = _seat(board)
    seat.first_token(0.25)
    seat.bad(AuthenticationFailed("Check the key."))
    _write(reporter)
    [row] = DeploymentHealth.objects.all()
    assert (row.process, row.deployment_id, row.breaker) == ("one", deployment.pk, "open")
    [read] = health_table.stored()
    [seen] = board.report()
    assert REST - 2 < read.rest_s <= REST
    assert replace(read, rest_s=REST) == seen
    assert health_table.stored(but="one") == []


def test_only_what_changed_is_written_in_one_statement(
    join: Join, clock: Clock, openai: Provider, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Deployment.objects.create(model=Model.objects.get(), provider=openai, upstream="other")
    board, reporter = join("one")
    seat, _ = [_seat(board, replace(UP, upstream=name)) for name in ("up", "other")]
    assert _alive(_write(reporter))
    clock.now += HEARTBEAT - 1
    assert reporter.news() is None
    seat.good()
    second = reporter.news()
    assert second is not None
    assert ([one.upstream for one in second.changed], second.alive) == (["up"], False)
    with django_assert_num_queries(4):  # which deployments these are, the rows, and a transaction around
        reporter.write(second)
    assert {row.deployment.upstream: row.in_flight for row in DeploymentHealth.objects.all()} == {"up": 0, "other": 1}


def test_a_heartbeat_shows_that_the_process_lives(join: Join, clock: Clock) -> None:
    board, reporter = join("one")
    board.take([UP])
    _write(reporter)
    DeploymentHealth.objects.update(updated_at=Now() - STALE - timedelta(seconds=1))
    assert health_table.stored() == []
    clock.now += HEARTBEAT
    assert _alive(_write(reporter))
    assert len(health_table.stored()) == 1


def test_rows_of_processes_that_are_gone_go_with_a_heartbeat(join: Join) -> None:
    (dead_board, dead), (board, reporter) = join("dead"), join("one")
    for one in (dead_board, board):
        one.take([UP])
    _write(dead)
    DeploymentHealth.objects.update(updated_at=Now() - STALE - timedelta(seconds=1))
    _write(reporter)
    assert [row.process for row in DeploymentHealth.objects.all()] == ["one"]
    reporter.leave()
    assert not DeploymentHealth.objects.exists()


def test_a_deployment_that_was_removed_is_left_out(join: Join) -> None:
    board, reporter = join("one")
    board.take([UP])
    board.take([LOST])
    _write(reporter)
    assert [one.upstream for one in health_table.stored()] == ["up"]


def test_a_rest_that_is_over_by_now_is_a_trial(join: Join) -> None:
    board, reporter = join("one")
    seat = _seat(board)
    seat.bad(AuthenticationFailed("Check the key."))
    _write(reporter)
    DeploymentHealth.objects.update(open_until=Now() - timedelta(seconds=1))
    [read] = health_table.stored()
    assert (read.state, read.rest_s) == ("half_open", 0.0)


def test_processes_are_added_up_and_the_worst_is_taken(join: Join) -> None:
    (one_board, one), (two_board, two) = join("one"), join("two")
    _seat(one_board)
    seat = _seat(one_board)
    seat.first_token(0.2)
    seat.bad(AuthenticationFailed("Check the key."))
    _write(one)
    for seconds in (1.5, 1.5):
        seat = _seat(two_board)
        seat.first_token(seconds)
    seat = _seat(two_board)
    seat.bad(UpstreamFailed("It failed."))
    [seen] = two.everywhere()
    assert (seen.state, seen.in_flight, seen.first_token_s) == ("open", 3, 1.5)
    assert (seen.last_error_message, seen.needs_staff) == ("It failed.", "Check the key.")
    assert seen.rest_s > REST - 2
