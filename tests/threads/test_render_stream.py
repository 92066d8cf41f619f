"""An answer that grows: whatever the pieces, readers end with what `render` gives, and what is stable stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.threads.markdown_texts import Reading, line_texts, pieces, texts, words_of
from threads.markdown.html import prose_html
from threads.render import Rendering, render, render_html


def looked_at(parts: list[str]) -> tuple[Rendering, list[tuple[int, list[str]]]]:
    """A finished rendering of `parts`, and what it showed after each: (stable, blocks)."""
    rendering, shown = Rendering(), []
    for part in parts:
        rendering.append(part)
        shown.append((rendering.stable, rendering.blocks()))
    rendering.finish()
    return rendering, shown


@given(pieces())
def test_any_cut_ends_as_one_shot(parts: list[str]) -> None:
    rendering, _ = looked_at(parts)
    assert rendering.blocks() == render("".join(parts))
    assert rendering.stable == len(rendering.blocks())


@given(pieces())
def test_looking_or_not_makes_no_difference(parts: list[str]) -> None:
    unseen = Rendering()
    for part in parts:
        unseen.append(part)
    unseen.finish()
    assert unseen.blocks() == looked_at(parts)[0].blocks()


@given(pieces())
def test_stable_blocks_never_change(parts: list[str]) -> None:
    rendering, shown = looked_at(parts)
    final = rendering.blocks()
    before = 0
    for stable, blocks in shown:
        assert before <= stable <= len(blocks)
        assert blocks[:stable] == final[:stable]
        before = stable


@given(pieces())
def test_every_block_is_one_element_at_any_time(parts: list[str]) -> None:
    for _, blocks in looked_at(parts)[1]:
        assert all(Reading(block).is_one_element for block in blocks), blocks


@given(pieces(line_texts))
def test_the_open_block_shows_all_of_its_text(parts: list[str]) -> None:
    """After whole lines; within one, the end of a fence is not known yet."""
    rendering = Rendering()
    for part in parts:
        rendering.append(part)
        rendering.blocks()
    shown = rendering.blocks()
    rendering.finish()
    assert words_of(shown) == words_of(rendering.blocks())


@given(line_texts)
def test_cutting_into_segments_changes_nothing(text: str) -> None:
    """Rendered in segments it is what the parser makes of the whole, for all mixtures but the oddest."""
    assert render(text) == prose_html(text)


@given(texts, texts, st.data())
def test_truncated_is_as_never_written(text: str, more: str, data: st.DataObject) -> None:
    keep = data.draw(st.integers(0, len(text)))
    rendering = Rendering()
    rendering.append(text)
    before = rendering.blocks()
    if data.draw(st.booleans()):
        rendering.finish()
    rendering.truncate(keep)
    assert rendering.blocks()[: rendering.stable] == before[: rendering.stable]
    rendering.append(more)
    rendering.finish()
    assert rendering.blocks() == render(text[:keep] + more)


@pytest.mark.parametrize(
    ("text", "stable"),
    [
        ("One.\n", 0),
        ("One.\n\n", 0),
        ("One.\n\nT", 1),
        ("# Head\n", 1),
        ("# Head\nText", 1),
        ("Text:\n- a\n", 1),
        ("Text:\n```py\n", 1),
        ("```py\nx\n", 0),
        ("```py\nx\n```\n", 1),
        ("- a\n\n1", 0),
        ("- a\n\n- b\n\n**", 1),
        ("- a\n\n  - b\n\n*", 0),
        ("- a\n\n  more\n", 0),
        ("- a\n\nEnd", 1),
        ("1. a\n\n   ```\n   x\n\ny", 1),
        ("> a\n\n> b", 1),
        ("- a\n> b\n", 1),
        ("- a\n---\n", 2),
        ("a | b\n--|--\n1 | 2\n", 0),
        ("---\n", 1),
        ("Title\n---\n", 0),
    ],
)
def test_stable_as_soon_as_nothing_can_change_it(text: str, stable: int) -> None:
    rendering = Rendering()
    rendering.append(text)
    assert rendering.stable == stable


def test_an_open_fence_is_plain_and_a_closed_one_coloured() -> None:
    rendering = Rendering()
    rendering.append("```python\nx = 1 < 2\n`")
    (block,) = rendering.blocks()
    assert Reading(block).text == "pythonCopyx = 1 < 2\n"
    assert 'class="mi"' not in block
    rendering.append("``\n")
    (block,) = rendering.blocks()
    assert Reading(block).text == "pythonCopyx = 1 < 2\n"
    assert 'class="mi"' in block


def test_finish_closes_an_open_fence() -> None:
    rendering = Rendering()
    rendering.append("```python\nx = 1")
    rendering.finish()
    rendering.finish()
    assert 'class="mi"' in rendering.blocks()[0]
    assert rendering.stable == 1
    with pytest.raises(ValueError, match="finished"):
        rendering.append("more")


def test_a_return_may_be_parted_from_its_newline() -> None:
    rendering = Rendering()
    for part in ("a\r", "\nA\r", "\n", "\r\n", "b\r", "c\r"):
        rendering.append(part)
        rendering.blocks()
    rendering.finish()
    assert rendering.blocks() == ['<p dir="auto">a\nA</p>', '<p dir="auto">b\nc</p>']
    assert rendering.blocks() == render("a\r\nA\r\n\r\nb\rc\r")


def test_a_list_that_turns_loose_is_loose_in_all_its_items() -> None:
    rendering = Rendering()
    rendering.append("- a\n- b\n")
    assert rendering.blocks()[0].count("<p") == 0
    rendering.append("\n- c")
    assert rendering.blocks()[0].count("<p") == 3
    late = Rendering()
    late.append("- a\n- b\n\n- c\n- d\n")
    assert late.blocks()[0].count("<p") == 4


def test_looks_are_rarer_the_more_there_is_to_render() -> None:
    rendering = Rendering()
    assert rendering.due(10.0)
    rendering.append("word " * 10)
    assert not rendering.due(10.04)
    assert rendering.due(10.05)
    rendering.append("word " * 1590)  # 8,000 characters
    assert rendering.due(10.11)
    assert rendering.pause == pytest.approx(0.2)
    assert not rendering.due(10.30)
    assert rendering.due(10.32)
    rendering.append("word " * 20_000)
    assert rendering.pause == 1.0
    rendering.append("\n\nNext")
    rendering.blocks()
    assert rendering.pause == 0.05
    rendering.finish()
    assert rendering.pause == 0.05


def test_blank_text_is_no_block() -> None:
    assert render("") == render(" \n\t\n") == []
    assert render_html("") == ""
    assert render_html("a\n\n\nb\n") == '<p dir="auto">a</p>\n<p dir="auto">b</p>'
