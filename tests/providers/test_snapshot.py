"""The copy of the registry: what a question may call, what is passed over, and how seldom the database is asked."""

import pytest
from pytest_django import DjangoAssertNumQueries

from providers import snapshot
from providers.dispatch.health import Board
from providers.dispatch.router import ModelUnavailable
from providers.errors import AuthenticationFailed
from providers.models import Deployment, Model, ModelFallback, Provider
from providers.registry import ConfigurationError
from providers.snapshot import Snapshots

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Provider:
    return Provider.objects.create(
        name="one", preset="openai-compatible", base_url="http://127.0.0.1:1/v1", max_concurrency=7
    )


@pytest.fixture
def two() -> Provider:
    return Provider.objects.create(name="two", preset="openai-compatible", base_url="http://127.0.0.1:2/v1")


@pytest.fixture
def fast(one: Provider, two: Provider) -> Model:
    """At both, and after it `cheap`, at the second."""
    fast, cheap = Model.objects.create(name="fast", hedge_after=1.5), Model.objects.create(name="cheap")
    Deployment.objects.create(model=fast, provider=one, upstream="fast-1", weight=3, keep_alive="5m")
    Deployment.objects.create(model=fast, provider=two, upstream="fast-2", order=1)
    Deployment.objects.create(model=cheap, provider=two, upstream="cheap-2")
    ModelFallback.objects.create(model=fast, fallback=cheap)
    return fast


def _break_key(provider: Provider) -> None:
    Provider.objects.filter(pk=provider.pk).update(api_key_sealed="v1.broken")


def test_a_plan_has_all_candidates(fast: Model) -> None:
    choice, plan = Snapshots().choose("hello", "fast")
    assert choice.candidates == ("fast", "cheap")
    assert [(one.model, [target.upstream for target in one.targets]) for one in plan.candidates] == [
        ("fast", ["fast-1", "fast-2"]), ("cheap", ["cheap-2"]),
    ]  # fmt: skip
    first, second = plan.candidates[0].targets
    assert (first.limit, first.weight, first.order, first.keep_alive, first.hedge_after) == (7, 3, 0, "5m", 1.5)
    assert (second.limit, second.weight, second.order, second.keep_alive) == (None, 1, 1, "")
    assert plan.passed_over == ()


def test_a_models_own_time_to_the_first_token_does_not_grow(fast: Model) -> None:
    def times() -> list[tuple[bool, float]]:
        targets = Snapshots().choose("hello", "fast")[1].candidates[0].targets
        return [(target.progressive, target.timeouts.first_token) for target in targets]

    assert times() == [(True, 30.0)] * 2
    Model.objects.filter(name="fast").update(timeout_first_token=200)
    assert times() == [(False, 200.0)] * 2


def test_the_second_question_asks_the_database_nothing(
    fast: Model, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    snapshots = Snapshots()
    _, plan = snapshots.choose("hello", "fast")
    with django_assert_num_queries(0):
        assert snapshots.choose("and then?", "fast")[1] is plan


def test_all_targets_of_a_plan_take_one_query(fast: Model, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    present = Snapshots().current()
    with django_assert_num_queries(1):
        present.plan(("fast", "cheap"))


def test_what_cannot_be_built_is_passed_over_and_told_once(
    fast: Model, one: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    _break_key(one)
    snapshots = Snapshots()
    for _ in range(3):
        _, plan = snapshots.choose("hello", "fast")
        assert [target.upstream for target in plan.candidates[0].targets] == ["fast-2"]
        snapshots.refresh()
    [passed_over] = plan.passed_over
    assert (passed_over.provider, passed_over.model) == ("one", "fast")
    assert caplog.text.count("deployment_unusable") == 1


def test_a_model_without_any_is_left_out(fast: Model, two: Provider) -> None:
    _break_key(two)
    _, plan = Snapshots().choose("hello", "fast")
    assert [candidate.model for candidate in plan.candidates] == ["fast"]
    assert {(one.provider, one.model) for one in plan.passed_over} == {("two", "fast"), ("two", "cheap")}


def test_with_nothing_left_the_reasons_are_told(fast: Model, one: Provider, two: Provider) -> None:
    _break_key(one)
    _break_key(two)
    with pytest.raises(ConfigurationError) as refused:
        Snapshots().choose("hello", "cheap")
    assert "The stored key of two cannot be read" in str(refused.value)


def test_a_refusal_is_never_of_an_old_copy(fast: Model, one: Provider) -> None:
    snapshots = Snapshots()
    snapshots.choose("hello", "fast")
    with pytest.raises(ModelUnavailable):
        snapshots.choose("hello", "new")
    Deployment.objects.create(model=Model.objects.create(name="new"), provider=one, upstream="new")
    assert snapshots.choose("hello", "new")[0].model.name == "new"


def test_a_change_is_in_force_after_a_refresh(fast: Model, one: Provider) -> None:
    snapshots = Snapshots()
    snapshots.choose("hello", "fast")
    Provider.objects.filter(pk=one.pk).update(base_url="http://127.0.0.1:9/v1", max_concurrency=None)
    snapshots.refresh()
    target = snapshots.choose("hello", "fast")[1].candidates[0].targets[0]
    assert (target.endpoint.base_url, target.limit) == ("http://127.0.0.1:9/v1", None)


def test_a_deployment_that_was_deleted_is_no_target(fast: Model) -> None:
    snapshots = Snapshots()
    present = snapshots.current()
    Deployment.objects.filter(upstream="fast-1").delete()
    assert [target.upstream for target in present.plan(("fast",)).candidates[0].targets] == ["fast-2"]


def test_the_choice_knows_how_deployments_are(fast: Model) -> None:
    """Who rests is not chosen of itself, only by name."""
    board = Board()
    snapshots = Snapshots(board)
    assert snapshots.choose("hello", "auto")[0].model.name == "fast"
    for target in snapshots.choose("hello", "fast")[1].candidates[0].targets:
        seat = board.take([target])
        assert seat is not None
        seat.bad(AuthenticationFailed("Check the key."))
    assert snapshots.choose("hello", "auto")[0].model.name == "cheap"
    assert snapshots.choose("hello", "fast")[0].model.name == "fast"


def test_it_is_kept_fresh_only_while_it_is_used(fast: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots = Snapshots()
    assert not snapshots.wants_refresh
    snapshots.current()
    assert snapshots.wants_refresh
    monkeypatch.setattr(snapshot, "IN_USE", -1.0)
    assert not snapshots.wants_refresh
