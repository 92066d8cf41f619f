"""At which line of a TOML text its tables and keys stand, for error messages. Reads no values; the parser does."""

import re
from dataclasses import dataclass, field

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)\s*(?:\.\s*([A-Za-z0-9_-]+))?[^\[\]]*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*[.=]""")


@dataclass(slots=True)
class TomlLines:
    """Lines count from 1. A table is told apart by its name and its index among those of the same name."""

    _tables: dict[tuple[str, int], int] = field(default_factory=dict)
    _keys: dict[tuple[str, int, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "TomlLines":
        lines = cls()
        count: dict[str, int] = {}
        kind, index, quote = "", 0, ""
        for number, line in enumerate(text.splitlines(), 1):
            inside, quote = quote, _open_quote(line, quote)
            if inside:
                continue
            if header := _HEADER.match(line):
                kind, sub = header[1], header[2]
                if sub:  # [model.prices] belongs to the [[model]] before it
                    index = max(count.get(kind, 1) - 1, 0)
                    lines._keys.setdefault((kind, index, sub), number)
                else:
                    index = count.get(kind, 0)
                    count[kind] = index + 1
                    lines._tables[kind, index] = number
            elif key := _KEY.match(line):
                lines._keys.setdefault((kind, index, key[1]), number)
        return lines

    def table(self, kind: str, index: int = 0) -> int:
        """Of `[[kind]]` or `[kind]`; tables written inline stand where their key does."""
        return self._tables.get((kind, index)) or self._keys.get(("", 0, kind), 1)

    def key(self, kind: str, index: int, key: str) -> int:
        """Of `key` in that table; the table's own line where the key is not found."""
        return self._keys.get((kind, index, key)) or self.table(kind, index)


def _open_quote(line: str, quote: str) -> str:
    """The multi-line string that is open after `line`, given the one that was open before it."""
    rest = line
    while True:
        marks = [quote] if quote else ['"""', "'''"]
        found = [(rest.index(mark), mark) for mark in marks if mark in rest]
        if not found:
            return quote
        place, mark = min(found)
        rest, quote = rest[place + 3 :], "" if quote else mark
