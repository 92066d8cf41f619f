"""Large and malicious text: work stays in proportion to its length, and nothing is lost. Work is counted in calls."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.threads.markdown_texts import Reading, words_of
from threads.render import Rendering, render

PATTERNS: dict[str, str] = {
    "brackets": "[", "closing": "]", "links": "[](", "open links": "[a](", "images": "![", "backticks": "`",
    "stars": "a**b", "underscores": "*_", "tildes": "~~a", "angles": "<a:", "entities": "&#", "escapes": "\\",
    "quotes": "> ", "bullets": "- ", "numbers": "1. ", "mixed": "> - ", "quote lines": ">\n", "lazy": "> a\nb\n",
    "items": "- a\n", "loose items": "- a\n\n", "empty items": "*\n", "lines": "a\n", "breaks": "a  \n", "pipes": "|",
    "rules": "- - ", "marks": "#", "paragraphs": "a\n\n", "fences": "```\n", "spaces": "a     ", "tabs": "\t",
    "titles": '[a](b "', "addresses": "<http://a",
}  # fmt: skip
SMALL = 1_000


def calls(work: Callable[..., Any], *args: Any) -> int:
    """How many calls of functions `work` makes, built-in ones too."""
    count = 0

    def counting(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        work(*args)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
def test_work_grows_with_the_length_alone(pattern: str) -> None:
    render(pattern)  # what is made once
    small = calls(render, pattern * (SMALL // len(pattern)))
    large = calls(render, pattern * (4 * SMALL // len(pattern)))
    assert large < 5 * small + 500
    assert large < 150 * 4 * SMALL


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["[", "a**b", "- a\n", "> ", "|", "`", "a  \n"])
def test_a_megabyte_is_rendered_and_shown_while_it_is_open(pattern: str) -> None:
    text = pattern * (1_000_000 // len(pattern)) + "end"
    assert calls(render, text) < 10 * len(text)
    rendering = Rendering()
    rendering.append(text)
    assert calls(rendering.blocks) < 10 * len(text)
    assert rendering.pause == 1.0


def test_short_rows_of_a_wide_table_are_not_filled_without_end() -> None:
    text = "a|" * 200 + "\n" + "-|" * 200 + "\n" + "a\n" * 500
    (block,) = render(text)
    assert len(block) < 4 * len(text)
    assert words_of([block]) == "".join(text.split())


@pytest.mark.parametrize("marker", ["> ", "- ", "1. ", "> - ", "* > "])
def test_deep_nesting_is_shown_as_written(marker: str) -> None:
    text = marker * 10_000 + "core"
    (block,) = render(text)
    assert Reading(block).elements == [("p", {"class": "as-written", "dir": "auto"})]
    assert Reading(block).text == text


def test_nesting_that_people_use_is_kept() -> None:
    text = "".join("  " * level + f"- level {level}\n" for level in range(12))
    assert len(Reading(render(text)[0]).all("ul")) == 12
    assert len(Reading(render("> " * 12 + "a")[0]).all("blockquote")) == 12


@pytest.mark.parametrize("text", ["- a\n" * 3_000, "word " * 15_000, "*a* " * 3_000, "a\n" * 2_500])
def test_a_block_too_large_to_read_is_shown_as_written(text: str) -> None:
    (block,) = render(text)
    assert Reading(block).elements == [("p", {"class": "as-written", "dir": "auto"})]
    assert Reading(block).text.split() == text.split()
    rendering = Rendering()
    rendering.append(text)
    assert words_of(rendering.blocks()) == words_of([block])


GROWING = {
    "paragraph": "Some *words* of `code`, **strong** ones and [a link](https://example.org/a_b). ",
    "list": "- item with **some** words\n",
    "loose list": "1. item with **some** words\n\n",
    "table": "| row | 1 | **words** |\n",
    "fence": "    return value * 1 < 2\n",
}
BEGINNING = {"table": "| a | b | c |\n|---|---|---|\n", "fence": "```python\n"}


@pytest.mark.parametrize("kind", GROWING)
def test_an_open_block_is_not_rendered_anew_as_a_whole(kind: str) -> None:
    """A look costs the same after 60 parts as after 15."""
    rendering = Rendering()
    rendering.append(BEGINNING.get(kind, ""))

    def grow(parts: int) -> int:
        for _ in range(parts):
            rendering.append(GROWING[kind])
            rendering.blocks()
        return calls(rendering.blocks)

    early = grow(15)
    assert grow(45) < 1.5 * early + 50
    assert rendering.stable == 0


def test_text_that_comes_in_tiny_pieces_is_taken_in_once() -> None:
    rendering = Rendering()
    for _ in range(20_000):
        rendering.append("[a](")
    assert calls(rendering.blocks) < 10 * 80_000
