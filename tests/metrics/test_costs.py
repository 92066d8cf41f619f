"""What was spent, by each property: all lines add up, whatever was deleted since; costs of all kinds told apart."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization, User
from accounts.services import personal_organization
from metrics import costs, rollups, thread_costs
from metrics.costs import BYS, By, Costs
from metrics.figures import Figures, Filters, Window
from metrics.spans import DAY, floor
from metrics.sums import added, left, of_kind, of_state
from tests.metrics.made import FAILED, NOW, answer, call, later
from tests.threads.generation.rows import thread_of
from threads.models import Generation, Thread
from threads.services import threads

pytestmark = pytest.mark.django_db
ALL = Filters()
WEEK = Window(floor(NOW, DAY) - 6 * DAY, floor(NOW, DAY) + DAY)
USD = Decimal("0.001")


def spent(by: By, filters: Filters = ALL, **options: Any) -> Costs:
    """As the page reads it, which must be what the API reads."""
    days = costs.per_day(filters, WEEK)
    found = costs.costs(filters, by, WEEK, days=days, **options)
    assert costs.costs(filters, by, WEEK, **options) == found
    assert added(line.figures for line in found.lines) == found.total
    return found


def lines(found: Costs) -> dict[str, Decimal | None]:
    return {line.key or f"({line.rest})": line.figures.cost_usd for line in found.lines}


def asked(user: User, end: datetime, *calls: dict[str, Any], **columns: Any) -> Generation:
    """An answer, which knows what its calls cost together."""
    known = [one["cost_usd"] for one in calls if one["cost_usd"] is not None]
    return answer(user, end, calls, cost_usd=sum(known) if known else None, **columns)


@pytest.fixture
def chats(user: User, other_user: User) -> list[Thread]:
    """Three: of one answer that cost 1, of two that cost 2 each (in mills), of another person's that cost 5; and an
    answer outside any, of yesterday."""
    made = [thread_of(user), thread_of(user), thread_of(other_user)]
    asked(user, NOW, call(), thread=made[0])
    for number in range(2):
        asked(user, later(NOW, -10 - number), call(cost_usd=2 * USD, model="smart"), thread=made[1])
    asked(other_user, later(NOW, -20), call(cost_usd=5 * USD, provider="two"), thread=made[2])
    asked(user, NOW - DAY, call())
    return made


def test_by_each_property(chats: list[Thread], user: User, other_user: User, organization: Organization) -> None:
    assert lines(spent("model")) == {"fast": 7 * USD, "smart": 4 * USD}
    assert lines(spent("provider")) == {"one": 6 * USD, "two": 5 * USD}
    assert lines(spent("user")) == {user.email: 6 * USD, other_user.email: 5 * USD}
    assert list(lines(spent("organization")).values()) == [6 * USD, 5 * USD]
    assert organization.slug in lines(spent("organization"))
    days = lines(spent("day"))
    assert len(days) == 7
    assert (days["2026-05-20"], days["2026-05-19"], days["2026-05-18"]) == (10 * USD, USD, None)
    first, second, third = (str(one.pk) for one in chats)
    assert lines(spent("thread")) == {third: 5 * USD, second: 4 * USD, first: USD, "(outside)": USD}


@pytest.mark.parametrize("by", BYS)
def test_the_same_from_sums(chats: list[Thread], by: By) -> None:
    before = spent(by)
    rollups.roll_up(NOW + DAY)
    assert spent(by) == before


def test_narrowed(chats: list[Thread], user: User, organization: Organization) -> None:
    own = Filters(user=user.pk)
    assert spent("day", own).total.cost_usd == 6 * USD
    assert len(spent("user", own).lines) == 1
    assert str(chats[2].pk) not in lines(spent("thread", own))
    assert lines(spent("thread", Filters(organization=organization.pk, model="smart"))) == {str(chats[1].pk): 4 * USD}
    assert lines(spent("thread", Filters(provider="two"))) == {str(chats[2].pk): 5 * USD}


def test_a_chat_is_told_with_its_owner(chats: list[Thread], other_user: User) -> None:
    line = spent("thread").lines[0]
    assert (line.id, line.owner, line.email) == (chats[2].pk, other_user.pk, other_user.email)


def test_deleted_chats_still_cost(chats: list[Thread]) -> None:
    for one in chats[:2]:
        threads.delete(thread=one)
    assert lines(spent("thread")) == {str(chats[2].pk): 5 * USD, "(deleted)": 5 * USD, "(outside)": USD}


@pytest.mark.parametrize("by", ["user", "thread", "organization"])
def test_deleted_accounts_still_cost(chats: list[Thread], other_user: User, by: By) -> None:
    rollups.roll_up(NOW + DAY)
    personal_organization(user=other_user).delete()
    other_user.delete()
    assert lines(spent(by))["(gone)"] == 5 * USD
    assert spent("model").total.cost_usd == 11 * USD


@pytest.mark.parametrize("by", ["model", "user", "thread"])
def test_the_dearest_and_all_others(chats: list[Thread], by: By) -> None:
    found = spent(by, most=1)
    rest = {line.rest: line.figures.cost_usd for line in found.lines}
    assert rest.keys() == {"", "others"} | ({"outside"} if by == "thread" else set())
    assert sum(filter(None, rest.values())) == 11 * USD
    assert found.lines[0].figures.cost_usd == max(filter(None, rest.values()))


def test_what_each_kind_of_call_cost(user: User) -> None:
    """A call that broke off and was retried in vain, a fallback that was lost with its worker, a takeover with a hedge
    that came too late; a stop; and one that nobody could price."""
    thread = thread_of(user)
    cut: dict[str, Any] = {"error_kind": "stream_cut", "usage_source": "estimated"}
    calls = [
        call("first", "failed", **cut, cost_usd=1 * USD),
        call("retry", "failed", **cut, cost_usd=2 * USD, sent=0.02),
        call("fallback", "lost", **cut, cost_usd=3 * USD, sent=0.03),
        call("hedge", "cancelled", cost_usd=4 * USD, sent=0.04),
        call("takeover", "completed", cost_usd=5 * USD, sent=0.05, cached_tokens=60, reasoning_tokens=7),
    ]
    asked(user, NOW, *calls, thread=thread, takeovers=1)
    asked(user, later(NOW, -1), call(state="cancelled", cost_usd=6 * USD), thread=thread, state="cancelled")
    asked(user, later(NOW, -2), call(cost_usd=None, model="unpriced"), thread=thread)
    asked(user, later(NOW, -3), call(**{**FAILED, "state": "failed"}), thread=thread, state="failed")
    for by in BYS:
        figures = spent(by).total
        assert figures.cost_usd == 21 * USD
        assert [of_kind(figures.spent, kind) for kind in ("first", "retry", "fallback", "hedge", "takeover")] == [
            *(7 * USD, 2 * USD, 3 * USD, 4 * USD, 5 * USD),
        ]
        assert [of_state(figures.spent, state) for state in ("completed", "cancelled", "failed", "lost")] == [
            *(5 * USD, 10 * USD, 3 * USD, 3 * USD),
        ]
        assert (figures.count, figures.unpriced) == (8, 1)
        tokens = figures.tokens
        assert (tokens.prompt, tokens.completion, tokens.cached, tokens.reasoning) == (700, 77, 60, 7)
        assert (tokens.reported, tokens.estimated, tokens.unknown) == (4, 3, 1)
    [line] = spent("thread").lines
    assert line.figures == spent("thread").total


def test_where_nothing_was_called_nothing_is_told() -> None:
    for by in BYS:
        found = spent(by)
        assert (found.total.cost_usd, found.total.tokens.prompt, found.total.count) == (None, None, 0)
        assert len(found.lines) == (7 if by == "day" else 0)


@pytest.mark.parametrize("by", BYS)
def test_of_what_is_long_ago_whole_days_are_told(chats: list[Thread], by: By) -> None:
    """Hours are not kept for ever: no line may tell of less than the sum does."""
    rollups.roll_up(NOW + DAY)
    late = Window(later(NOW, -5), WEEK.end)
    assert costs.costs(ALL, by, late) == costs.costs(ALL, by, Window(floor(NOW, DAY), WEEK.end))


def test_the_month(chats: list[Thread], user: User) -> None:
    found = costs.month(ALL, NOW)
    assert (found.spent_usd, found.way, found.total_usd) == (11 * USD, "none", None)
    answer(user, NOW - 3 * DAY)
    found = costs.month(Filters(user=user.pk), NOW)
    assert (found.spent_usd, found.days) == (7 * USD, 2), "the day without a call, and yesterday"
    assert found.total_usd is not None
    assert found.total_usd > 7 * USD


def test_what_parts_do_not_account_for() -> None:
    whole = Figures(count=3, spent={("first", "failed"): 3 * USD, ("retry", "completed"): USD}, cost_usd=4 * USD)
    part = Figures(count=1, spent={("first", "failed"): USD, ("retry", "completed"): USD}, cost_usd=2 * USD)
    rest = left(whole, part)
    assert rest is not None
    assert (rest.count, rest.spent, rest.cost_usd) == (2, {("first", "failed"): 2 * USD}, 2 * USD)
    assert left(whole, whole) is None
    assert thread_costs.about([]) == {}
