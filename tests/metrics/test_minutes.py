"""Minutes of busy times: the same figures as from the rows, and none of them where it is quiet."""

from datetime import datetime, timedelta
from random import Random

import pytest

from accounts.models import Organization, User
from metrics import minutes, queries, rollups, stored
from metrics.figures import Figures, Filters, Window
from metrics.models import Rollup
from metrics.spans import BLOCK, DAY, HOUR, MINUTE, Span, floor
from tests.metrics.made import FAILED, NOW, answer, call, later
from tests.metrics.test_rollups import _near
from threads.models import Generation

pytestmark = pytest.mark.django_db
ALL = Filters()
BEGIN = floor(NOW, HOUR) - HOUR  # the last whole hour
WINDOW = Window(later(BEGIN, -40 * 60.0 + 13), later(BEGIN, 3600 + 17 * 60.0 + 7))


@pytest.fixture(autouse=True)
def quickly_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minutes, "DENSE", 6)


@pytest.fixture
def busy(user: User, other_user: User) -> None:
    """Twenty minutes around the beginning of the hour, and of the next; a little before, between and behind."""
    rng = Random(3)
    moments = [later(BEGIN, rng.uniform(-600, 600)) for _ in range(50)]
    moments += [later(BEGIN, 3600 + rng.uniform(-600, 600)) for _ in range(50)]
    moments += [later(BEGIN, offset) for offset in (-2000, -1500, 1500, 1800, 3600 + 15 * 60)]
    for at, end in enumerate(moments):
        calls = [call(**FAILED, provider="two"), call("retry")] if at % 4 == 0 else [call(first_token_at=rng.random())]
        if at % 10 == 9:
            calls = [call(provider="seldom")]
        answer(other_user if at % 5 == 0 else user, end, calls)


def _figures(user: User, organization: Organization) -> list[Figures]:
    found: list[Figures] = []
    for filters in (ALL, Filters(provider="seldom"), Filters(model="fast"), Filters(organization=organization.pk)):
        totals = queries.totals(filters, WINDOW)
        found += [totals.answers, totals.calls, *totals.by_provider.values(), queries.answers(filters, WINDOW)]
        for bucket in (MINUTE, 10 * MINUTE, HOUR):
            for point in queries.series(filters, WINDOW, bucket).points:
                found += [point.answers, point.calls]
    for by in ("provider", "organization", "user"):
        found += queries.breakdown(ALL, WINDOW, by).values()  # type: ignore[arg-type]
    return found


@pytest.mark.slow
def test_the_same_figures_as_from_rows(busy: None, user: User, organization: Organization) -> None:
    exact = _figures(user, organization)
    rollups.roll_up(NOW)
    assert set(Rollup.objects.filter(period="minute").values_list("scope", flat=True)) == {"site", "organization"}
    near = _figures(user, organization)
    assert len(near) == len(exact)
    for one, other in zip(near, exact, strict=True):
        _near(one, other)


def test_they_are_what_is_read(busy: None) -> None:
    rollups.roll_up(NOW)
    parts = stored.refined([Span("rows", WINDOW.start, WINDOW.end)], ALL)
    assert [part.source for part in parts] == ["rows", "minute"] * 2 + ["rows"]
    # Of whom nothing came in a minute that is kept, nothing came.
    assert stored.refined([Span("rows", WINDOW.start, WINDOW.end)], Filters(provider="seldom")) == parts
    read = sum(Generation.objects.filter(finished_at__gte=part.start, finished_at__lt=part.end).count()
               for part in parts if part.source == "rows")  # fmt: skip
    assert read < minutes.DENSE * len(parts)
    assert sum(point.answers.count for point in queries.series(ALL, WINDOW, MINUTE).points) == 105
    Generation.objects.all().delete()
    found = queries.series(ALL, WINDOW, MINUTE)
    assert (sum(point.answers.count for point in found.points), found.exact) == (105 - read, False)
    assert stored.refined(parts, ALL, timedelta(seconds=30)) == parts, "what is finer than a minute is read from rows"


def test_what_is_quiet_is_exact(user: User) -> None:
    for minute in range(0, 60, 2):
        answer(user, later(BEGIN, minute * 60.0))
    rollups.roll_up(NOW)
    assert not Rollup.objects.filter(period="minute").exists()
    assert queries.series(ALL, Window(BEGIN, BEGIN + HOUR), MINUTE).exact


def test_block_by_block_while_the_hour_lasts(user: User) -> None:
    hour = BEGIN + HOUR

    def ended(start: datetime, number: int) -> None:
        for at in range(number):
            answer(user, later(start, at * 7.0))

    def kept() -> set[datetime]:
        starts = Rollup.objects.filter(period="minute", scope="site").values_list("start", flat=True)
        return {floor(start, BLOCK) for start in starts}

    ended(hour, 8)
    ended(hour + BLOCK, 3)
    ended(hour + 2 * BLOCK, 9)
    rollups.roll_up(hour + BLOCK + rollups.GRACE - timedelta(seconds=1))
    assert kept() == set(), "something may still be stored late"
    rollups.roll_up(hour + BLOCK + rollups.GRACE)
    assert kept() == {hour}
    for _ in range(2):
        rollups.roll_up(hour + 3 * BLOCK + rollups.GRACE)
        assert kept() == {hour, hour + 2 * BLOCK}
    ended(later(hour, 100), 2)  # late
    assert queries.answers(ALL, Window(hour, hour + BLOCK)).count == 8
    rollups.roll_up(hour + HOUR + rollups.GRACE)
    assert queries.answers(ALL, Window(hour, hour + BLOCK)).count == 10
    assert queries.answers(ALL, Window(hour, hour + HOUR)).count == 22


def test_they_go_with_their_hours(busy: None) -> None:
    rollups.roll_up(NOW)
    rollups.prune(NOW + rollups.HOURS_KEPT + 2 * DAY)
    assert set(Rollup.objects.values_list("period", flat=True)) <= {"day"}
