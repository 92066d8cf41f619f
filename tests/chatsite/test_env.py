"""How a setting that is a number is read and refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite import env


@pytest.mark.parametrize(("value", "read"), [("", 0.02), ("0", 0.0), ("1", 1.0), (" 0.5 ", 0.5), ("1e-3", 0.001)])
def test_a_number(monkeypatch: pytest.MonkeyPatch, value: str, read: float) -> None:
    monkeypatch.setenv("SHARE", value)
    assert env.number("SHARE", 0.02, least=0, most=1) == read


@pytest.mark.parametrize(
    ("value", "words"),
    [("two", "use a number"), ("2", "from 0 to 1"), ("-0.1", "from 0 to 1"), ("nan", "from 0 to 1"), ("50%", "number")],
)
def test_what_is_no_such_number(monkeypatch: pytest.MonkeyPatch, value: str, words: str) -> None:
    monkeypatch.setenv("SHARE", value)
    with pytest.raises(ImproperlyConfigured, match=f"SHARE=.*{words}"):
        env.number("SHARE", 0.02, least=0, most=1)
