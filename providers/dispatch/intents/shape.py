"""What a text is by its build: code and mathematics, whatever language surrounds them. Knows no words of people."""

import re

_CODE_CHARACTERS = frozenset("(){}[]<>;=`_$#\\/")
_MATHS_CHARACTERS = frozenset("=^√∫∑∏≤≥≠²³∈∀∃∞")

_Signs = tuple[tuple[re.Pattern[str], float, str], ...]


def _signs(*rows: tuple[str, float, str]) -> _Signs:
    """From (pattern, weight, what it is called). Each counts once."""
    return tuple((re.compile(pattern, re.MULTILINE), weight, name) for pattern, weight, name in rows)


_CODE_SIGNS = _signs(
    (r"```", 3.0, "a block of code"),
    (r"`[^`\n]+`", 1.0, "code"),
    (r"^Traceback \(most recent|^[ \t]{1,8}at [\w.$<>]{1,120}\(", 3.0, "a stack trace"),
    (r"^[ \t]*(?:def|class|import|from|func|fn|function|const|let|var|public|#include)\b.{0,80}[({;:=>]", 2.5, "code"),
    (
        r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE)\b[\s\S]{1,200}\b(?:FROM|VALUES|SET|WHERE)\b",
        2.5,
        "SQL",
    ),
    (r"\b(?:for|if|while|switch|printf|print)\s?\(.{0,80}[;{)]", 2.0, "code"),
    (r"\bfor \w+ in \w+[(.\[]|\b(?:range|len|printf|echo)\(", 2.0, "code"),
    (r"==|\brm -|\bsudo |\$ [a-z]", 2.0, "code"),
    (r"[;{}][ \t]*$|=>|\+=|&&|\|\||!=|::|->|\+\+[;)]|</\w|\$\{|\);", 1.5, "code"),
    (r"\b[A-Za-z_]\w*\(\)|\b[a-z]\w*\.[a-z]\w*\(", 1.5, "a call"),
    (r"\b[a-z]{1,40}_[a-z_]+\b|\b[a-z]{1,40}[A-Z]\w{0,40}\(", 1.0, "an identifier"),
)
# These need none of the characters above.
_BARE_SIGNS = _signs(
    (r"\b[A-Z][a-z]\w{0,40}(?:Error|Exception)\b|\b[A-Z]\w{1,40}(?:BackOff|Warning)\b", 2.5, "an error"),
    (
        r"\b[\w-]+\.(?:py|js|jsx|ts|tsx|java|rb|go|rs|c|cpp|h|cs|php|sh|sql|html|css|json|ya?ml|toml)\b",
        1.5,
        "a file of code",
    ),
    (r"\b[a-z]{1,40}[A-Z][a-z]\w{0,40}\b", 0.7, "an identifier"),
)
_MATHS_SIGNS = _signs(
    (r"[√∫∑∏≤≥≠²³∈∀∃∞]", 2.0, "mathematics"),
    (r"\b\d*[a-z]\s?\^|\^\s?[({\d]|\b\d*[xyzn]\s?[+*−-]\s?\d|=\s?-?\d+\b", 2.0, "a formula"),
)
_SEQUENCE = re.compile(r"(?<!\d)\d{1,6}(?:[,;、，]\s?\d{1,6}(?!\d)){2,}")
_NAME = re.compile(r"(?<=[\w,’'\"] )[\"'“]?[A-ZÀ-ÞА-Я][\w’'-]+")
_YEAR = re.compile(r"\b(?:1[5-9]\d\d|20[0-2]\d)\b")
_NUMBER = re.compile(r"(?<![a-zA-Z0-9_.])(?!(?:1[5-9]|20)\d\d\b)\d[\d.,:]*")


def code_in(text: str) -> tuple[float, tuple[str, ...]]:
    """How much `text` looks like code or what programs say, and by which signs. From 2 on it does."""
    signs = (*_CODE_SIGNS, *_BARE_SIGNS) if not _CODE_CHARACTERS.isdisjoint(text) else _BARE_SIGNS
    return _found(signs, text)


def maths_in(text: str) -> tuple[float, tuple[str, ...]]:
    if _SEQUENCE.search(text):
        return 2.0, ("a row of numbers",)
    return _found(_MATHS_SIGNS, text) if not _MATHS_CHARACTERS.isdisjoint(text) else (0.0, ())


def numbers_in(text: str) -> int:
    """Numbers in digits, without what is probably a year."""
    return len(_NUMBER.findall(text))


def names_in(text: str) -> int:
    """Words that begin with a capital inside a sentence. Says nothing of German, which gives one to every noun."""
    return len(_NAME.findall(text))


def has_past_year(text: str) -> bool:
    return _YEAR.search(text) is not None


def _found(signs: _Signs, text: str) -> tuple[float, tuple[str, ...]]:
    found = [(weight, name) for sign, weight, name in signs if sign.search(text)]
    return sum(weight for weight, _ in found), tuple(dict.fromkeys(name for _, name in found))
