"""JSON objects out of a flow of bytes, each as soon as it is whole. Knows braces and strings, not what they mean.

Every byte is looked at once or twice, however the flow is cut, so that one long string in small pieces stays cheap.
"""

import re

from providers.sse import MAX_EVENT

_TO_A_BRACE = re.compile(rb'(?:[^"{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_IN_A_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_QUOTE, _OPEN, _CLOSE = b'"{}'


class JsonObject:
    """One object in the making. Feed it from its opening brace on, until `whole` is not None.

    `too_large`: it was given up, because it has more than `limit` bytes.
    """

    def __init__(self, limit: int = MAX_EVENT) -> None:
        self.whole: bytes | None = None
        self.too_large = False
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._depth = 0
        self._in_string = self._escaped = False

    def feed(self, data: bytes, place: int = 0) -> int:
        """Reads on at `place`; returns the place after the object's end, which is `data`'s where that has not come."""
        end = self._end(data, place)
        self._parts.append(data[place:end])
        self._size += len(self._parts[-1])
        if self._size > self._limit:
            self.too_large = True
            self._parts = []
        elif end is not None:
            self.whole = b"".join(self._parts)
        return len(data) if end is None else end

    def _end(self, data: bytes, place: int) -> int | None:
        place = self._string_end(data, place) if self._in_string else place
        while (place := _TO_A_BRACE.match(data, place).end()) < len(data):  # type: ignore[union-attr] # matches always
            found = data[place]
            place += 1
            if found == _OPEN:
                self._depth += 1
            elif found == _CLOSE:
                self._depth -= 1
                if not self._depth:
                    return place
            else:  # a string that these bytes do not close
                self._in_string = True
                place = self._string_end(data, place)
        return None

    def _string_end(self, data: bytes, place: int) -> int:
        """The place after the closing quote. A backslash at the very end hides what comes next."""
        if self._escaped and place < len(data):
            self._escaped = False
            place += 1
        place = _IN_A_STRING.match(data, place).end()  # type: ignore[union-attr] # matches always
        if place == len(data):
            return place
        if data[place] == _QUOTE:
            self._in_string = False
        else:
            self._escaped = True
        return place + 1
