"""Text that arrives in pieces: characters and tags that were cut apart. Knows no provider and no event."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_OPEN, _CLOSE = "<think>", "</think>"


class Mender:
    """Makes a model's text storable: joins a surrogate pair that two pieces share; U+FFFD for lone halves and NUL."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """The text so far as it is sure. May be empty when the piece was half a character."""
        if not self._half and "\x00" not in text and (text.isascii() or not _SURROGATE.search(text)):
            return text
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return storable(text)

    def close(self) -> str:
        half, self._half = self._half, ""
        return "\ufffd" if half else ""


def storable(text: str) -> str:
    """`text` without lone surrogates and NUL, which neither UTF-8 nor databases take."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class ThinkTags:
    """Tells reasoning from text where a model writes `<think>…</think>` before its answer.

    Only a tag at the very beginning counts (blanks before it are allowed), so that an answer may speak of the tag.
    Blanks between the closing tag and the answer are dropped. `passed`: all that follows is text, no need to feed it.
    """

    def __init__(self) -> None:
        self.passed = False
        self._inside = False
        self._closed = False
        self._held = ""

    def feed(self, text: str) -> list[tuple[bool, str]]:
        """Pieces as (is reasoning, text), none empty. Holds back what may be the beginning of a tag."""
        if self.passed:
            return [(False, text)] if text else []
        text, self._held = self._held + text, ""
        if self._closed:
            return self._after(text)
        if self._inside:
            return self._think(text)
        body = text.lstrip()
        if body.startswith(_OPEN):
            self._inside = True
            return self._think(body[len(_OPEN) :])
        if _OPEN.startswith(body):
            self._held = text
            return []
        self.passed = True
        return [(False, text)]

    def close(self) -> list[tuple[bool, str]]:
        """What was held back, now that nothing follows."""
        held, self._held = self._held, ""
        return [(self._inside and not self._closed, held)] if held else []

    def _think(self, text: str) -> list[tuple[bool, str]]:
        reasoning, closed, rest = text.partition(_CLOSE)
        if closed:
            self._closed = True
            return [*([(True, reasoning)] if reasoning else ()), *self._after(rest)]
        keep = next((n for n in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:n])), 0)
        if keep:
            text, self._held = text[:-keep], text[-keep:]
        return [(True, text)] if text else []

    def _after(self, text: str) -> list[tuple[bool, str]]:
        text = text.lstrip()
        self.passed = bool(text)
        return [(False, text)] if text else []
