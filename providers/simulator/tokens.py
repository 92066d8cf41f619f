"""Text to word pieces about as long as a real model's. Owns only that; knows nothing of answers or wires."""

import re
from functools import lru_cache

# A blank goes with the word it stands before, long words break, digits come in threes, ideographs alone; the last
# branch takes any character, so that nothing is ever lost.
_PIECE = re.compile(
    r" ?[A-Za-z]{1,7}"
    r"| ?[0-9]{1,3}"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
    r"| ?[^\W\d_]{1,3}"
    r"|\n+|[ \t]{1,8}"
    r"| ?[!-/:-@\[-`{-~]{1,3}"
    r"|.",
    re.DOTALL,
)


@lru_cache(maxsize=256)
def tokenise(text: str) -> tuple[str, ...]:
    """Pieces that joined give exactly `text`; none is empty."""
    return tuple(_PIECE.findall(text))
