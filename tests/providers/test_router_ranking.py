"""What `auto` weighs besides routes: abilities, windows, health, price, the conversation; and what it tells of that."""

from dataclasses import replace
from decimal import Decimal

import pytest

from providers.dispatch.catalogue import Catalogue, DeploymentEntry, ModelEntry, RouteEntry, Standing
from providers.dispatch.fitness import Asked
from providers.dispatch.router import Choice, choose, rank
from providers.dispatch.targets import Prices

EVERYTHING = frozenset({"tools", "vision"})
NOW, BACK = "What's the weather in Lisbon tomorrow?", "and in French?"


def model(name: str, number: int = 0, price: str = "", **values: object) -> ModelEntry:
    """With one deployment, whose fields may be given; `price` as "input/output"."""
    fields = {field: values.pop(field) for field in ("capabilities", "context_tokens", "stand_in") if field in values}
    prices = Prices(*(Decimal(part) for part in price.split("/"))) if price else Prices()
    entry = DeploymentEntry(number or hash(name) % 1_000, name, f"{name}-vendor", name, prices=prices, **fields)
    return ModelEntry(**{"name": name, "deployments": (entry,), **values})


def registry(*models: ModelEntry, routes: tuple[RouteEntry, ...] = (), default: str = "auto") -> Catalogue:
    return Catalogue({entry.name: entry for entry in models}, routes, default)


def intents(**models: str) -> tuple[RouteEntry, ...]:
    return tuple(RouteEntry(f"{intent}-x", name, -1000, intent=intent) for intent, name in models.items())


def auto(text: str, catalogue: Catalogue, **options: object) -> Choice:
    return choose(text, "auto", catalogue, **options)


SONAR, LUNA, SOL = model("sonar", 1, "1/1"), model("luna", 2, "0.1/0.5"), model("sol", 3, "2/10")
SEEDED = registry(LUNA, SOL, SONAR, routes=intents(lookup="sonar", code="sol", simple="luna"), default="luna")


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        (NOW, "sonar", 'route lookup-x: the message is about something recent or to be looked up ("weather"'),
        ("Write a Python function that sorts", "sol", "route code-x: the message is about code"),
        ("hi", "luna", "route simple-x: the message is short and simple"),
        ("How do I get better at public speaking?", "luna", "default model"),
    ],
)
def test_intents_lead_to_the_models_for_them(text: str, name: str, reason: str) -> None:
    choice = auto(text, SEEDED)
    assert choice.model.name == name
    assert choice.reason.startswith(reason)


def test_routes_that_staff_made_come_first() -> None:
    staff = RouteEntry("ours", "luna", keywords=("weather",))
    assert auto(NOW, replace(SEEDED, routes=(*SEEDED.routes, staff))).model.name == "luna"
    assert auto(NOW, replace(SEEDED, routes=(*SEEDED.routes, replace(staff, priority=-2000)))).model.name == "sonar"


def test_among_equal_routes_the_cheaper_one_with_room_wins() -> None:
    routes = tuple(RouteEntry(name, name, -1000, intent="code") for name in ("a-unknown", "b-dear", "c-cheap"))
    models = model("a-unknown", 1), model("b-dear", 2, "4/20"), model("c-cheap", 3, "2/10")
    question = "Write a Python function that sorts"
    choice = auto(question, registry(*models, routes=routes))
    assert choice.candidates == ("c-cheap", "b-dear", "a-unknown")
    full = auto(question, registry(*models, routes=routes), standing={3: Standing(load=1.0)})
    assert full.candidates == ("b-dear", "a-unknown", "c-cheap")


def test_models_that_cannot_are_passed_over() -> None:
    able = model("able", capabilities=EVERYTHING)
    catalogue = replace(SEEDED, models={**SEEDED.models, "able": able})
    choice = auto(NOW, catalogue, needs=frozenset({"vision"}))
    assert choice.candidates == ("able",)
    told = {one.model: one.passed_over for one in choice.ranking}
    assert told["able"] == ""
    assert told["sonar"] == "It cannot see images."
    both = {one.model: one.passed_over for one in auto(NOW, catalogue, needs=EVERYTHING).ranking}
    assert both["sonar"] == "It cannot use tools and cannot see images."


def test_what_staff_say_of_a_model_counts() -> None:
    claims = ModelEntry("mine", capabilities=frozenset({"vision"}), deployments=model("mine").deployments)
    assert auto(NOW, registry(LUNA, claims), needs=frozenset({"vision"})).model.name == "mine"


def test_a_window_that_is_too_small_is_passed_over() -> None:
    small, large, unknown = model("small", context_tokens=8_192), model("large", context_tokens=200_000), model("u")
    rows = registry(small, large)
    assert auto("hi", rows, prompt_tokens=5_000).model.name == "small"
    choice = auto("hi", rows, prompt_tokens=8_000, output_tokens=500)
    assert choice.model.name == "large"
    assert choice.ranking[-1].passed_over == "It has a window of 8,192 tokens, too small for about 8,500."
    assert auto("hi", registry(unknown, large), prompt_tokens=10**6).model.name == "u"
    assert auto("x" * 40_000, rows).model.name == "large"


def test_a_model_that_rests_is_passed_over_until_nothing_else_is_there() -> None:
    resting = {1: Standing(available=False)}
    choice = auto(NOW, SEEDED, standing=resting)
    assert choice.model.name == "luna"
    assert "rests" in {one.model: one for one in choice.ranking}["sonar"].passed_over
    alone = auto(NOW, registry(SONAR), standing=resting)
    assert alone.model.name == "sonar"
    assert "but none here is known to do better" in alone.reason


def test_where_nobody_can_the_best_is_tried_all_the_same() -> None:
    choice = auto(NOW, SEEDED, needs=frozenset({"vision"}), standing={2: Standing(available=False)})
    assert choice.model.name == "sonar"
    assert "it cannot see images, but none here is known to do better" in choice.reason
    rests = auto(NOW, registry(LUNA, model("able", 9, capabilities=EVERYTHING)), needs=EVERYTHING,
                 standing={9: Standing(available=False)})  # fmt: skip
    assert rests.model.name == "able"


def test_asked_for_by_name_it_is_taken_and_those_after_it_can() -> None:
    main = model("main", fallbacks=("sonar", "able"))
    able, other = model("able", capabilities=EVERYTHING), model("other", capabilities=EVERYTHING)
    rows = registry(main, SONAR, able, other)
    choice = choose("look", "main", rows, needs=frozenset({"vision"}))
    assert choice.reason == "asked for by name, though it cannot see images"
    assert choice.candidates == ("main", "able", "other")
    assert choose("look", "main", rows).candidates == ("main", "sonar", "able")


def test_asked_for_by_name_nothing_follows_that_staff_did_not_name() -> None:
    """A question meant for a model at home must not end up elsewhere."""
    assert choose("hello", "luna", SEEDED).candidates == ("luna",)
    assert [one.model for one in choose("hello", "luna", SEEDED).ranking] == ["luna"]


def test_auto_goes_on_with_the_fallbacks_and_then_the_ranking() -> None:
    first = replace(SONAR, fallbacks=("sol", "gone"))
    assert auto(NOW, replace(SEEDED, models={**SEEDED.models, "sonar": first})).candidates == ("sonar", "sol", "luna")


def test_a_simulated_model_never_stands_in_for_a_real_one() -> None:
    demo = model("demo", stand_in=True)
    assert auto("hi", registry(demo, LUNA)).candidates == ("luna",)
    assert auto("hi", registry(demo, model("sim", stand_in=True))).candidates == ("demo", "sim")
    assert auto(BACK, registry(demo, LUNA), previous="demo").model.name == "luna"


@pytest.mark.parametrize(
    ("text", "name"),
    [(BACK, "sol"), ("thanks", "sol"), ("make it a bit shorter and friendlier, and leave out the greeting", "sol"),
     (NOW, "sonar"), ("Write a Python function that sorts", "sol")],
)  # fmt: skip
def test_a_message_that_says_little_stays_with_the_conversation(text: str, name: str) -> None:
    assert auto(text, SEEDED, previous="sol").model.name == name


def test_staffs_routes_win_over_the_conversation_and_what_is_gone_is_no_matter() -> None:
    always = replace(SEEDED, routes=(*SEEDED.routes, RouteEntry("all", "luna", -5, always=True)))
    assert auto(BACK, always, previous="sol").model.name == "luna"
    assert auto(BACK, SEEDED, previous="no-such-model").model.name == "luna"
    off = {**SEEDED.models, "sol": replace(SOL, enabled=False)}
    assert auto(BACK, replace(SEEDED, models=off), previous="sol").model.name == "luna"
    assert auto(BACK, SEEDED, previous="sol", standing={3: Standing(available=False)}).model.name == "luna"


def test_the_ranking_tells_where_and_at_what_cost() -> None:
    choice = auto(NOW, SEEDED, prompt_tokens=1_000, output_tokens=2_000)
    assert [(one.model, one.provider, one.cost_usd) for one in choice.ranking] == [
        ("sonar", "sonar-vendor", Decimal("0.003")),
        ("luna", "luna-vendor", Decimal("0.0011")),
        ("sol", "sol-vendor", Decimal("0.022")),
    ]
    assert choice.ranking[0].reason == choice.reason
    assert auto("hi", registry(model("local"))).ranking[0].cost_usd is None


def test_a_long_registry_is_ranked_in_part() -> None:
    many = registry(*(model(f"m{number}", number + 1) for number in range(200)))
    assert len(auto("hi", many).ranking) == 8
    nobody = auto("hi", many, needs=EVERYTHING)
    assert (nobody.model.name, len(nobody.ranking)) == ("m0", 9)


def test_deployments_that_can_come_and_the_best_of_them_first() -> None:
    def at(number: int, **values: object) -> DeploymentEntry:
        return DeploymentEntry(**{"id": number, "model": "m", "provider": "p", "upstream": "u", **values})

    seeing = frozenset({"vision"})
    entry = ModelEntry("m", deployments=(at(1), at(2, capabilities=seeing, order=1), at(3, capabilities=seeing)))
    assert [one.id for one in rank(entry, Asked(seeing))] == [3, 2]
    assert [one.id for one in rank(entry, Asked(EVERYTHING))] == [1, 3, 2]
    same = ModelEntry("m", deployments=(at(1, weight=4), at(2, weight=1), at(3), at(4)))
    standing = {
        1: Standing(load=0.4),
        2: Standing(load=0.2),
        3: Standing(load=0.0, first_token=0.9),
        4: Standing(available=False),
    }
    assert [one.id for one in rank(same, Asked(standing=standing))] == [3, 1, 2, 4]
    assert [one.id for one in rank(same, Asked(standing={1: Standing(load=1.0)}))] == [2, 3, 4, 1]
