"""A message as tokens that cues are compared with: lower case, Latin letters without accents, one script like another.

What is only mentioned becomes `MENTIONED`: quotations, calls such as `today()`, code between backticks. Knows no cue.
"""

import re
import unicodedata
from collections.abc import Sequence

MENTIONED = "□"
# A comma parts less than a full stop: it ends what a "without" reaches, not what a sentence is about.
COMMA, COLON, STOP = ",", ":", "."
BOUNDARIES = frozenset({COMMA, COLON, STOP})

# The wish stands at one of the two ends of a long message, pasted text in between.
_CHARACTERS = (1_000, 400)
_TOKENS = (180, 60)
_LATIN = {code: "".join(filter(str.isascii, unicodedata.normalize("NFKD", chr(code)))) for code in range(0xC0, 0x250)}
_PLAIN = str.maketrans({code: plain for code, plain in _LATIN.items() if plain}) | str.maketrans(
    {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "ё": "е", "’": "'", "“": '"', "”": '"', "„": '"'}
)
_NAMES_WITH_SIGNS = (("c++", "cplusplus"), ("c#", "csharp"), ("f#", "fsharp"), (".net", " dotnet"))
_MENTIONS = re.compile(
    r"```.*?(?:```|\Z)"  # a block of code
    r"|`[^`\n]+`"
    r'|"[^"\n]{1,200}"|«[^»\n]{1,200}»|「[^」\n]{1,200}」|『[^』\n]{1,200}』|‘[^’\n]{1,200}’'
    r"|(?<![\w'])'(?!\s)[^'\n]{1,80}(?<!\s)'(?!\w)"  # not an apostrophe
    r"|https?://\S+"
    r"|\b[a-z]\w*\([^()\n]{0,40}\)",  # a call
    re.DOTALL,
)
# The scripts that write no spaces give a token per character.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3々"
_FIRST_UNSPACED = 0x3040
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[,、，]|[:：]|[!?;。？！；\n]|\.(?!\w)|{MENTIONED}")
_MARKS = dict.fromkeys(",、，", COMMA) | dict.fromkeys(":：", COLON) | dict.fromkeys(".!?;。？！；\n", STOP)


def excerpt(text: str) -> str:
    """The two ends of a long text, the whole of a short one."""
    return text if len(text) <= sum(_CHARACTERS) else f"{text[: _CHARACTERS[0]]}\n{text[-_CHARACTERS[1] :]}"


def plain(text: str) -> str:
    """Lower case, without accents on Latin letters; "C++" and the like become words."""
    text = text.lower().translate(_PLAIN)
    for sign, name in _NAMES_WITH_SIGNS:
        if sign in text:
            text = text.replace(sign, name)
    return text


def tokens_of(text: str) -> list[str]:
    """Words, characters of unspaced scripts, boundaries and mentions, in order; of very many the two ends."""
    tokens = [_MARKS.get(token, token) for token in _TOKEN.findall(_MENTIONS.sub(f" {MENTIONED} ", plain(text)))]
    return tokens if len(tokens) <= sum(_TOKENS) else [*tokens[: _TOKENS[0]], STOP, *tokens[-_TOKENS[1] :]]


def length(tokens: Sequence[str]) -> float:
    """In words; two characters of an unspaced script count as one."""
    return sum(0.5 if is_unspaced(token) else 1.0 for token in tokens if token not in BOUNDARIES)


def is_unspaced(token: str) -> bool:
    return len(token) == 1 and ord(token) >= _FIRST_UNSPACED and token != MENTIONED
