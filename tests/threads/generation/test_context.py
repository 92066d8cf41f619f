"""Which messages are sent to the model."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.types import Message as Turn
from threads.generation import context
from threads.models import Message

_turns = st.lists(
    st.builds(Turn, st.sampled_from(["user", "assistant"]), st.text("ab", min_size=1, max_size=60)), min_size=1
)


def _said(role: str, text: str, parent: Message | None = None) -> Message:
    return Message(id=uuid4(), role=role, text=text, parent_id=parent.pk if parent else None)


def test_the_branch_leads_along_the_parents_and_past_other_answers() -> None:
    question = _said("user", "one")
    left, right = _said("assistant", "left", question), _said("assistant", "right", question)
    more = _said("user", "more", right)
    stray = _said("user", "stray", left)
    rows = {row.pk: row for row in (stray, more, left, right, question)}
    assert [row.text for row in context.branch(rows, more.pk)] == ["one", "right", "more"]
    assert [row.text for row in context.branch(rows, stray.pk)] == ["one", "left", "stray"]
    assert context.branch(rows, None) == []


def test_a_circle_ends() -> None:
    one, two = _said("user", "one"), _said("assistant", "two")
    one.parent_id, two.parent_id = two.pk, one.pk
    assert context.branch({one.pk: one, two.pk: two}, one.pk)


def test_empty_answers_are_left_out_and_neighbours_joined() -> None:
    said = [
        _said("system", "be brief"),
        _said("user", "one"),
        _said("assistant", ""),
        _said("user", "two"),
        _said("assistant", " \n"),
        _said("user", "three"),
        _said("assistant", "four"),
        _said("tool", "a result"),
        _said("user", "five"),
    ]
    assert context.turns(said) == [
        Turn("system", "be brief"),
        Turn("user", "one\n\ntwo\n\nthree"),
        Turn("assistant", "four"),
        Turn("user", "five"),
    ]


def test_the_window_holds_the_latest_turns() -> None:
    history = [Turn("user" if n % 2 == 0 else "assistant", f"{n}" * 100) for n in range(9)]
    characters = int(200 * (1 - context.ANSWER_SHARE) * context.CHARS_PER_TOKEN)
    fitted = context.fit(history, 200)
    assert fitted == tuple(history[-5:])  # 5 turns of 100 fit into these 525 characters
    assert sum(len(turn.content) for turn in fitted) <= characters


def test_what_the_system_says_is_always_sent() -> None:
    history = [
        Turn("system", "s" * 400),
        *[Turn("user", "u" * 100), Turn("assistant", "a" * 100)] * 3,
        Turn("user", "?"),
    ]
    assert context.fit(history, 200) == (Turn("system", "s" * 400), Turn("user", "?"))


def test_an_unknown_window_is_taken_to_be_a_cautious_one() -> None:
    history = [Turn("user", "old" * 20_000), Turn("assistant", "old" * 20_000), Turn("user", "new")]
    assert context.fit(history, None) == (Turn("user", "new"),)
    assert context.fit(history, 1_000_000) == tuple(history)


@given(_turns, st.integers(1, 100))
def test_fitting(history: list[Turn], window: int) -> None:
    fitted = context.fit(history, window)
    assert fitted == tuple(history[-len(fitted) :])  # the end of it, with nothing left out
    assert len(fitted) == 1 or fitted[0].role == "user"
    budget = window * (1 - context.ANSWER_SHARE) * context.CHARS_PER_TOKEN
    assert len(fitted) == 1 or sum(len(turn.content) for turn in fitted) <= budget


@pytest.mark.parametrize(("characters", "least", "most"), [(0, 0, 0), (1, 1, 1), (350, 100, 101), (3500, 1000, 1001)])
def test_an_estimate_of_tokens(characters: int, least: int, most: int) -> None:
    assert least <= context.estimate_tokens(characters) <= most
