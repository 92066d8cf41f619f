"""What programs ask: as it is stored, as a model gets it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from providers.types import Image, Message, ToolCall
from threads.generation.prompts import Prompt

words = st.text(max_size=20).filter(lambda text: text.encode("utf-8", "replace").decode() == text)
pictures = st.builds(Image, st.sampled_from(["image/png", "image/gif"]), st.binary(max_size=20))
messages = st.builds(
    Message,
    st.sampled_from(["system", "user", "assistant", "tool"]),
    words,
    st.lists(pictures, max_size=2).map(tuple),
    st.lists(st.builds(ToolCall, words, words, words), max_size=2).map(tuple),
    words,
)
tools = st.just({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}})
prompts = st.builds(
    Prompt,
    st.lists(messages, min_size=1, max_size=4).map(tuple),
    st.lists(tools, max_size=2).map(tuple),
    st.none() | st.integers(1, 10**6),
    st.none() | st.floats(0, 2),
)


@given(prompts)
def test_what_is_stored_is_read_the_same(prompt: Prompt) -> None:
    assert Prompt.read(prompt.stored()) == prompt


def test_half_characters_are_mended_where_they_are_stored() -> None:
    tool: dict[str, Any] = {"type": "function", "function": {"name": "f", "description": "\ud83d"}}
    stored = Prompt((Message("user", "a"),), (tool,)).stored()
    stored.encode("utf-8")
    assert Prompt.read(stored).tools[0]["function"]["name"] == "f"


def test_the_last_words_of_a_person_are_the_question() -> None:
    asked = (Message("user", "one"), Message("user", "two"), Message("assistant", "three"), Message("tool", "four"))
    assert Prompt(asked).question == "two"
    assert Prompt((Message("system", "one"),)).question == ""


def test_what_an_answer_takes() -> None:
    image = Image("image/png", b"x")
    assert Prompt((Message("user", "a"),)).needs == frozenset()
    assert Prompt((Message("user", "a", (image,)),), ({},)).needs == {"tools", "vision"}


def test_the_beginning_of_an_answer_stands_behind_what_was_asked() -> None:
    asked = Message("user", "a")
    assert Prompt((asked,)).with_prefix("") == (asked,)
    assert Prompt((asked,)).with_prefix("Hel") == (asked, Message("assistant", "Hel"))
    begun = Message("assistant", "Well: ")
    assert Prompt((asked, begun)).with_prefix("hel") == (asked, Message("assistant", "Well: hel"))
    called = Message("assistant", "", tool_calls=(ToolCall("a", "f", "{}"),))
    assert Prompt((asked, called)).with_prefix("Hel") == (asked, called, Message("assistant", "Hel"))
