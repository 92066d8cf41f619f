"""Which model answers: pure, so every case is a text, a wish and a catalogue."""

from dataclasses import replace

import pytest

from providers.dispatch.catalogue import Catalogue, DeploymentEntry, ModelEntry, RouteEntry
from providers.dispatch.router import ModelUnavailable, choose, rank


def deployment(number: int, model: str = "m", **values: object) -> DeploymentEntry:
    return DeploymentEntry(**{"id": number, "model": model, "provider": "p", "upstream": model, **values})


def model(name: str, *, stand_in: bool = False, **values: object) -> ModelEntry:
    return ModelEntry(**{"name": name, "deployments": (deployment(1, name, stand_in=stand_in),), **values})


def catalogue(*models: ModelEntry, routes: tuple[RouteEntry, ...] = (), default: str = "auto") -> Catalogue:
    return Catalogue({entry.name: entry for entry in models}, routes, default)


FAST, SMART, NEWS, DEMO = model("fast"), model("smart"), model("sonar"), model("demo", stand_in=True)


def test_a_model_asked_for_by_name_is_taken() -> None:
    routes = (RouteEntry("all", "fast", always=True),)
    choice = choose("hello", "smart", catalogue(FAST, SMART, routes=routes))
    assert (choice.model.name, choice.reason) == ("smart", "asked for by name")


@pytest.mark.parametrize("wish", ["auto", ""])
def test_auto_takes_the_oldest_real_model(wish: str) -> None:
    assert choose("hello", wish, catalogue(DEMO, FAST, SMART)).model.name == "fast"


def test_auto_takes_a_simulated_model_where_there_is_no_other() -> None:
    assert choose("hello", "auto", catalogue(DEMO)).model.name == "demo"
    assert choose("hello", "auto", catalogue(replace(FAST, enabled=False), DEMO)).model.name == "demo"


def test_a_default_model_wins_over_the_oldest() -> None:
    assert choose("hello", "auto", catalogue(FAST, SMART, default="smart")).model.name == "smart"
    unusable = catalogue(FAST, replace(SMART, deployments=()), default="smart")
    assert choose("hello", "auto", unusable).model.name == "fast"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What is the LATEST score?", "sonar"),
        ("any news?", "sonar"),
        ("The newspaper", "fast"),
        ("breakingnews", "fast"),
        ("stock   price of X", "sonar"),
        ("c++ or rust", "sonar"),
        ("Привет, что нового", "sonar"),
        ("", "fast"),
    ],
)
def test_keywords_fit_whole_words_in_any_case(text: str, name: str) -> None:
    route = RouteEntry("news", "sonar", keywords=("latest", "news", "stock price", "C++", "ПРИВЕТ"))
    choice = choose(text, "auto", catalogue(FAST, NEWS, routes=(route,)))
    assert choice.model.name == name
    assert choice.reason.startswith("route news" if name == "sonar" else "first model")


def test_a_pattern_may_stand_anywhere() -> None:
    route = RouteEntry("code", "smart", pattern=r"\bdef \w+\(")
    assert choose("explain: def f(x)", "auto", catalogue(FAST, SMART, routes=(route,))).model.name == "smart"
    assert choose("explain this", "auto", catalogue(FAST, SMART, routes=(route,))).model.name == "fast"


def test_the_higher_priority_wins_and_a_dead_end_is_passed_over() -> None:
    routes = (
        RouteEntry("rest", "fast", always=True),
        RouteEntry("news", "sonar", 10, keywords=("news",)),
        RouteEntry("gone", "nowhere", 20, always=True),
        RouteEntry("off", "off", 15, always=True),
    )
    both = catalogue(FAST, SMART, NEWS, replace(FAST, name="off", enabled=False), routes=routes, default="smart")
    assert choose("news", "auto", both).model.name == "sonar"
    assert choose("else", "auto", both).reason == "route rest: takes every message"


@pytest.mark.parametrize(
    ("wish", "words", "suggestion"),
    [
        ("smrat", 'No model is called "smrat". Did you mean "smart"?', "smart"),
        ("SMART", "Did you mean", "smart"),
        ("zzz", 'No model is called "zzz".', ""),
        ("fastx", "is switched off. Did you mean", "fast"),
        ("lonely", "has no provider", ""),
        ("gpt-4-turbo", "gpt-4-turbo was retired on 2026-10-23; use gpt-", ""),
    ],
)
def test_what_cannot_be_used_is_told_with_the_nearest_name(wish: str, words: str, suggestion: str) -> None:
    rows = catalogue(FAST, SMART, model("fastx", enabled=False), model("lonely", deployments=()))
    with pytest.raises(ModelUnavailable) as told:
        choose("hello", wish, rows)
    assert words in str(told.value)
    assert told.value.suggestion == suggestion


def test_an_empty_registry_is_told() -> None:
    with pytest.raises(ModelUnavailable, match="staff must add"):
        choose("hello", "auto", catalogue())


def test_deployments_are_ranked_by_order_weight_and_age() -> None:
    entries = (
        deployment(4, order=1, weight=9),
        deployment(3, order=0, weight=1),
        deployment(2, order=0, weight=5),
        deployment(1, order=0, weight=1),
    )
    assert [entry.id for entry in rank(model("m", deployments=entries))] == [2, 1, 3, 4]


def test_candidates_are_at_most_three_usable_models() -> None:
    main = model("main", fallbacks=("off", "gone", "a", "main", "a", "b", "c"))
    rows = catalogue(main, model("a"), model("b"), model("c"), model("off", enabled=False))
    assert choose("hello", "main", rows).candidates == ("main", "a", "b")
