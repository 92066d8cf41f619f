"""What the doors read: transcripts, lists, models on offer; and how many questions to the database that takes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from providers.models import Deployment, Model, Provider
from tests.threads.generation.rows import generation_in, message_in, store, thread_of
from threads import queries
from threads.generation.entries import Entry
from threads.models import Attempt, Generation, Thread

AtMost = Callable[[int], AbstractContextManager[Any]]


def _answered(thread: Thread, question: str, answer: str, **columns: Any) -> Generation:
    row = generation_in(thread, question, answer=answer, **{"state": "completed", **columns})
    return Generation.objects.get(pk=row.pk)


def _texts(thread: Thread) -> list[tuple[str, str]]:
    return [(turn.message.role, turn.text) for turn in queries.transcript(thread)]


# --- a thread --------------------------------------------------------------------------------------------------------
def test_the_branch_on_show(user: User) -> None:
    thread = thread_of(user)
    first = _answered(thread, "one", "answer one")
    second = _answered(thread, "two", "answer two")
    assert second.message is not None
    other = message_in(thread, "user", "two, put differently", parent=first.message)
    message_in(thread, "assistant", "another answer")
    shown = [("user", "one"), ("assistant", "answer one")]
    assert _texts(thread) == [*shown, ("user", other.text), ("assistant", "another answer")]
    thread.head = second.message
    assert _texts(thread) == [*shown, ("user", "two"), ("assistant", "answer two")]
    assert _texts(thread_of(user)) == []


def test_an_ended_answer_is_its_message(user: User) -> None:
    thread, now = thread_of(user), timezone.now()
    row = _answered(thread, "q", "**bold**", first_token_at=now)
    assert row.message is not None
    row.message.reasoning, row.message.citations = "hm", [{"url": "https://a.example/", "title": "A"}]
    row.message.save()
    Generation.objects.update(created_at=now - timedelta(seconds=2))
    common = {"generation": row, "epoch": 1, "kind": "first"}
    Attempt.objects.create(number=1, sent_at=now, completion_tokens=999, **common)
    Attempt.objects.create(
        number=2,
        sent_at=now,
        first_token_at=now,
        last_token_at=now + timedelta(seconds=4),
        completion_tokens=201,
        **common,
    )
    store(row.pk, [Entry.of(2, "delta", {"text": "not looked at"}), Entry.of(3, "done", {"state": "completed"})])
    question, turn = queries.transcript(thread)
    assert (turn.text, turn.reasoning, turn.sources, turn.seq) == ("**bold**", "hm", row.message.citations, 3)
    assert "<strong>bold</strong>" in "".join(turn.blocks)
    assert turn.stable == len(turn.blocks)
    assert (turn.first_token_s, turn.tokens_per_s, turn.status) == (pytest.approx(2), pytest.approx(50), None)
    assert (question.text, question.generation) == ("q", None)


@pytest.mark.parametrize(
    ("attempt", "first_token"),
    [(None, False), ({"completion_tokens": None}, True), ({"completion_tokens": 1}, True)],
    ids=["no call", "not counted", "one token"],
)
def test_figures_that_were_not_measured_are_none(user: User, attempt: dict[str, Any] | None, first_token: bool) -> None:
    thread, now = thread_of(user), timezone.now()
    row = _answered(thread, "q", "a", first_token_at=now if first_token else None)
    if attempt is not None:
        times = {"sent_at": now, "first_token_at": now, "last_token_at": now + timedelta(seconds=1)}
        Attempt.objects.create(generation=row, number=1, epoch=1, kind="first", **times, **attempt)
    turn = queries.transcript(thread)[-1]
    assert (turn.first_token_s is not None, turn.tokens_per_s) == (first_token, None)


def test_an_answer_in_the_middle_is_its_log(user: User) -> None:
    thread = thread_of(user)
    row = generation_in(thread, "q")
    source = {"url": "https://a.example/", "title": "A"}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("reasoning", {"text": "hm"}),
        ("citation", source),
        ("delta", {"text": "# Title\n\nA first"}),
        ("delta", {"text": " paragraph"}),
    ]
    store(row.pk, [Entry.of(seq, kind, payload) for seq, (kind, payload) in enumerate(steps, 2)])
    turn = queries.transcript(thread)[-1]
    assert (turn.text, turn.reasoning, turn.sources, turn.seq) == (
        "# Title\n\nA first paragraph", "hm", [source], 5,
    )  # fmt: skip
    assert turn.status is None
    assert "A first paragraph" in "".join(turn.blocks)
    store(row.pk, [Entry.of(6, "status", {"state": "taken_over"})])
    status = queries.transcript(thread)[-1].status
    assert status is not None
    assert status["state"] == "taken_over"


def test_an_answer_not_yet_begun_waits(user: User) -> None:
    thread = thread_of(user)
    generation_in(thread, "q", state="queued")
    turn = queries.transcript(thread)[-1]
    assert turn.status is not None
    assert (turn.text, turn.blocks, turn.status["state"]) == ("", [], "queued")


def test_reading_a_thread_takes_the_same_few_questions_however_long_it_is(
    user: User, django_assert_max_num_queries: AtMost
) -> None:
    thread = thread_of(user)
    for n in range(15):
        row = _answered(thread, f"q{n}", f"a{n}")
        Attempt.objects.create(generation=row, number=1, epoch=1, kind="first", sent_at=timezone.now())
    generation_in(thread, "now")
    with django_assert_max_num_queries(4):  # messages, calls, ends of logs; the log of the one that runs
        turns = queries.transcript(thread)
        assert [turn.generation.state for turn in turns if turn.generation] == [*["completed"] * 15, "running"]


def test_one_turn_and_its_question(user: User, other_user: User, django_assert_max_num_queries: AtMost) -> None:
    row = _answered(thread_of(user), "q", "a")
    turn = queries.turn_of(row.pk)
    assert turn is not None
    assert (turn.text, turn.generation) == ("a", row)
    pair = queries.pair_of(row.pk)
    assert pair is not None
    assert [one.text for one in pair] == ["q", "a"]
    Generation.objects.update(message=None)
    assert queries.turn_of(row.pk) is None
    assert queries.pair_of(row.pk) is None


def test_the_stored_answer_stands_in_for_a_pruned_log(user: User) -> None:
    row = _answered(thread_of(user), "q", "kept", finish_reason="stop")
    answer = queries.stored_answer(row.pk, 41)
    assert (answer.text, answer.state, answer.finish_reason, answer.seq, answer.ended) == (
        "kept", "completed", "stop", 42, True,
    )  # fmt: skip
    Generation.objects.update(deleted_at=timezone.now())
    assert (queries.stored_answer(row.pk, 0).state, queries.stored_answer(row.pk, 0).text) == ("deleted", "")


def test_the_generations_of_a_thread(user: User) -> None:
    thread, other = thread_of(user), thread_of(user)
    rows = [_answered(thread, "one", "a"), _answered(thread, "two", "b"), generation_in(thread, "three")]
    elsewhere = generation_in(other)
    for n, row in enumerate(rows):
        Generation.objects.filter(pk=row.pk).update(created_at=timezone.now() + timedelta(seconds=n))
    ids = [row.pk for row in rows]
    standing = queries.standing(user, thread.pk, {ids[0], ids[1], elsewhere.pk})
    assert (standing.mine, standing.newest, standing.running) == (ids[:2], ids[1], ids[2:])
    assert standing.missed == ids[2:]
    fresh = queries.standing(user, thread.pk, set())
    assert (fresh.mine, fresh.newest, fresh.missed) == ([], None, ids)
    assert queries.generations_after(thread, None) == ids
    assert queries.generations_after(thread, ids[0]) == ids[1:]
    assert queries.generations_after(thread, elsewhere.pk) == ids
    assert queries.has_log(ids[0])


# --- the list --------------------------------------------------------------------------------------------------------
def test_lines_are_ones_own_the_latest_first(user: User, other_user: User) -> None:
    now = timezone.now()
    old, new = (thread_of(user, title=title, updated_at=now - age) for title, age in (("old", _DAY), ("new", _NOW)))
    thread_of(other_user, title="foreign")
    generation_in(old)
    lines = queries.thread_lines(user)
    assert [(line.id, line.title, line.running) for line in lines] == [(new.pk, "new", False), (old.pk, "old", True)]
    assert queries.thread_lines(user, before=now - timedelta(hours=1))[0].title == "old"
    assert [line.title for line in queries.thread_lines(user, limit=1)] == ["new"]
    assert queries.thread_line(user, old.pk) == lines[1]
    assert queries.thread_line(other_user, old.pk) is None


_DAY, _NOW = timedelta(days=1), timedelta()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cooking", {"Cooking rice"}),
        ("COOKING", {"Cooking rice"}),
        ("rice", {"Cooking rice", "Weather"}),  # in a title, in what was said
        ("umbrella", {"Weather"}),
        ("UmBrella", {"Weather"}),
        ("  rice  ", {"Cooking rice", "Weather"}),
        ("100%", {"Percent"}),
        ("%", {"Percent"}),
        ("_", set()),
        ("'; DROP", set()),
        ("nowhere", set()),
        ("", {"Cooking rice", "Weather", "Percent"}),
        ("   ", {"Cooking rice", "Weather", "Percent"}),
    ],
)
def test_searching(user: User, other_user: User, query: str, found: set[str]) -> None:
    thread_of(user, title="Cooking rice")
    weather = thread_of(user, title="Weather")
    _answered(weather, "Do I need an umbrella?", "No. Have some rice with umbrella-shaped noodles.")
    thread_of(user, title="Percent")
    _answered(Thread.objects.get(title="Percent"), "How sure?", "100% sure")
    _answered(thread_of(other_user, title="Cooking, umbrella, 100%"), "rice", "rice")
    assert {line.title for line in queries.thread_lines(user, query=query)} == found
    assert len(queries.thread_lines(user, query=query)) == len(found)


def test_the_list_takes_one_question(user: User, django_assert_max_num_queries: AtMost) -> None:
    for n in range(12):
        generation_in(thread_of(user, title=f"rice {n}"))
    with django_assert_max_num_queries(1):
        assert len(queries.thread_lines(user, query="rice")) == 12


# --- models ----------------------------------------------------------------------------------------------------------
def _model(name: str, provider: Provider | None, *, deployed: bool = True, **columns: Any) -> None:
    model = Model.objects.create(name=name, **columns)
    if provider is not None:
        Deployment.objects.create(model=model, provider=provider, upstream=name, enabled=deployed)


def test_models_on_offer_say_why_not(db: None, django_assert_max_num_queries: AtMost) -> None:
    on = Provider.objects.create(name="on", preset="openai-compatible", base_url="http://127.0.0.1:1/v1")
    off = Provider.objects.create(name="off", preset="openai-compatible", base_url=on.base_url, enabled=False)
    _model("fast", on, label="Quick one")
    _model("also", on)
    _model("disabled", on, enabled=False)
    _model("provider-off", off)
    _model("deployment-off", on, deployed=False)
    _model("nowhere", None)
    with django_assert_max_num_queries(5):
        options = queries.models_on_offer()
    nobody = "no provider is switched on for it"
    assert [(one.name, one.label, one.available, one.reason) for one in options] == [
        ("auto", "Automatic", True, ""),
        ("also", "also", True, ""),
        ("fast", "Quick one", True, ""),
        ("deployment-off", "deployment-off", False, nobody),
        ("disabled", "disabled", False, "switched off"),
        ("nowhere", "nowhere", False, nobody),
        ("provider-off", "provider-off", False, nobody),
    ]


def test_nothing_on_offer(db: None) -> None:
    _model("disabled", None, enabled=False)
    options = queries.models_on_offer()
    assert [(one.name, one.available) for one in options] == [("auto", False), ("disabled", False)]
    assert options[0].reason == "no model is set up"
