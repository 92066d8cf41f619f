"""Which regular expressions staff may enter: quick ones. What is refused here is known to hang Python's engine."""

import re

import pytest
from django.core.exceptions import ValidationError

from providers.patterns import LOOKED_AT, TooSlow, check_quick
from providers.validation import check_pattern

QUICK = [
    "news|latest", r"\bdef \w+\(", r"\b(?:def|class)\s+\w+\s*\(", r"(latest|newest)\s+\w+\s+release", r".*news.*",
    r"foo.*bar", r"^\s*SELECT\b.*\bFROM\b", r"foo.{0,40}bar.{0,40}baz", r"https?://\S+", r"\w+@\w+\.\w+", r"\d{4}-\d\d",
    r"(?:ab)+c", r"(?:foo|bar)+x", r"(?:\w+ ){3}", r"(?:[a-z]+, )*and", r"\s+$", r"(?<!\w)c\+\+(?!\w)", "[一-龥]+",
    "a?b?", "x*",
]  # fmt: skip
SLOW = [
    r"(a+)+$", r"(a|a)*b", r"(a|aa)+$", r"(.*)*x", r"(\w+\s?)*$", r"(x+x+)+y", r"(?:\w*)*z", r"([a-z]+)*\d", r"(.+)+$",
    r"((a{1,100}){1,100})x", r"(a?){30}a{30}", r"foo.*bar.*baz", r"\w+\w+\w+x", r"a*a*a*b", "[一-龥]+[丁-鿿]+[一-龥]+x",
    r"(?:(?:[ab]*?){3}[ab]?[^a]){0,5}", r"(?:(?:[^a]*)* )*", r"(?i:(A+)+)$", r"(?=(a+)+$)b",
    r"(?:(?:a|ab|b){2}){8}c", r"(x)(?:\1.*a.*b.*c|y)",
]  # fmt: skip


@pytest.mark.parametrize("pattern", QUICK)
def test_quick_patterns_are_accepted_and_quick(pattern: str) -> None:
    check_quick(pattern)
    for unit in ("a", "ab ", "foobar", "x@y.", "select ", " ", "一", "1234-"):
        re.search(pattern, (unit * LOOKED_AT)[:LOOKED_AT] + "!", re.IGNORECASE)  # comes back


@pytest.mark.parametrize("pattern", SLOW)
def test_slow_patterns_are_refused_with_the_way_out(pattern: str) -> None:
    with pytest.raises(TooSlow, match="Bound its repetitions"):
        check_quick(pattern)


def test_what_staff_enter_is_checked() -> None:
    check_pattern(r"\bnews\b")
    with pytest.raises(ValidationError, match="could take very long"):
        check_pattern("(a+)+$")
    with pytest.raises(ValidationError, match="not a regular expression"):
        check_pattern("(a")
