"""The colours of code can be read by everybody: WCAG AA in light and in dark, and no class that is never emitted."""

import re
from pathlib import Path

import pytest

from threads.markdown.code import HIGHLIGHT_CLASSES

CSS = (Path(__file__).resolve().parents[2] / "static" / "css" / "code.css").read_text("utf-8")
COLOURS = dict(re.findall(r"(--code-[a-z]+): light-dark\((#\w{6}, #\w{6})\)", CSS))
ENOUGH = 4.5


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", sorted(set(COLOURS) - {"--code-bg"}))
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read(name: str, scheme: int) -> None:
    colour, background = (COLOURS[which].split(", ")[scheme] for which in (name, "--code-bg"))
    assert contrast(colour, background) >= ENOUGH


def test_all_colours_are_checked() -> None:
    assert set(re.findall(r"var\((--code-[a-z]+)\)", CSS)) == set(COLOURS)
    assert re.findall(r"(?<![-\w])color: (?!var\(--|inherit)", CSS) == []


def test_coloured_classes_are_emitted_ones() -> None:
    told = {name for group in re.findall(r"\.highlight ([^{]+)\{", CSS) for name in re.findall(r"\.(\w+)", group)}
    assert told - HIGHLIGHT_CLASSES == set()
