"""How the open segment looks while it grows, at a cost that grows little with it: what has settled is kept as HTML.

What is shown here may differ a little from the finished block (colours, the spacing of a list whose kind is not clear
yet): nothing of it is stable, and once the segment is complete `html` renders it as a whole. It must hold no text back
but the last line of a fence that looks like its end.
"""

import re
from typing import Protocol

from threads.markdown import code
from threads.markdown.html import MOST_LINES, PARAGRAPH, paragraph_html, prose_html
from threads.markdown.segments import Open, Opening

_WIDEST_HEAD = 1_000
_LONGEST_PARAGRAPH = 8_000
_LIST = re.compile(r"(<(?:ul|ol)[^>]*>)(.*)(</(?:ul|ol)>)", re.DOTALL)
_TABLE = re.compile(r"(.*<tbody>)(.*)(</tbody>.*)", re.DOTALL)
_DELIMITERS = re.compile(r" {0,3}[|:-][ |:-]*$")
_ONE_PARAGRAPH = re.compile(r"[^\s\d#>+=~`_|*-]|\*\*[^\s*]|`[^`]")
_SETTLED_WORDS = re.compile(
    r"""(?:(?:
      [^\s\\`*_~\[\]&<!]                            # a letter
    | !(?!\[) | &(?![#\w]+;) | <(?![a-zA-Z]) | ~(?!~) | (?<=\w)_(?=\w) | (?<=[ ])\*(?=[ ])
    | `[^`\n]++`(?!`)                               # code
    | \*\*[^\s\\`*_~\[\]&<][^\\`*_~\[\]&<]*+\*\*(?!\*)   # strong
    | \*[^\s\\`*_~\[\]&<][^\\`*_~\[\]&<]*+\*(?!\*)       # emphasis
    | \[[^\\`*_~\[\]&<]*+\](?:\([^\s()<>\\]++\)|(?![(\[]))  # a link, or a mark such as [1]
    )*+[ ])*+""",
    re.VERBOSE,
)


class Preview(Protocol):
    """Made for one open segment; asked again as it grows."""

    def blocks(self, here: Open, partial: str) -> list[str]: ...


class ProsePreview:
    """A few blocks, all rendered again."""

    def blocks(self, here: Open, partial: str) -> list[str]:
        source = "\n".join([*here.lines, partial])
        return prose_html(source, growing=True) if source.strip(" \t\n") else []


class ParagraphPreview:
    """One line of text. Words are kept as soon as no markup is open in front of them."""

    def __init__(self) -> None:
        self._settled = 0
        self._html = ""

    def blocks(self, here: Open, partial: str) -> list[str]:  # noqa: ARG002 - all previews are asked alike
        words = _SETTLED_WORDS.match(partial, self._settled)
        if words and words.end() > self._settled + 1:
            self._html += self._inner(partial[self._settled : words.end() - 1])
            self._settled = words.end() - 1
        return [PARAGRAPH[0] + self._html + self._inner(partial[self._settled :]) + PARAGRAPH[1]]

    def _inner(self, content: str) -> str:
        return paragraph_html(content)[len(PARAGRAPH[0]) : -len(PARAGRAPH[1])]


class FencePreview:
    """Code: only new lines are escaped. A last line that may turn out to close the fence is held back."""

    def __init__(self) -> None:
        self._html = ""
        self._lines = 0

    def blocks(self, here: Open, partial: str) -> list[str]:
        fence = here.fence or Opening(0, "```", "")
        if new := here.lines[self._lines :]:
            self._html += code.plain("\n".join(new)) + "\n"
            self._lines += len(new)
        closing = not partial.strip(" \t").strip(fence.marks[0])
        last = "" if closing else code.plain(fence.inner(partial))
        return [code.head(fence.info) + self._html + last + code.TAIL]


class ListPreview:
    """A list: the items before the last one are kept, and rendered again only when the list turns loose."""

    def __init__(self) -> None:
        self._loose = False
        self._items = 0
        self._html = self._end = ""

    def blocks(self, here: Open, partial: str) -> list[str]:
        if not self._loose and (here.loose or (here.after_blank and partial.strip(" \t"))):
            self._loose, self._items, self._html = True, 0, ""
        for number in range(self._items, len(here.items) - 1):
            item = _parts(_LIST, self._item(here.lines[slice(*here.items[number : number + 2])]))
            if len(item) != 3 or (number and item[2] != self._end):
                return ProsePreview().blocks(here, partial)
            self._html += item[1] if number else item[0] + item[1]
            self._end = item[2]
            self._items = number + 1
        last = _parts(_LIST, self._item([*here.lines[here.items[-1] :], partial]))
        if not last or (self._html and last[2] != self._end):
            return ProsePreview().blocks(here, partial)
        opening, content, closing, *rest = last
        return [(self._html or opening) + content + closing, *rest]

    def _item(self, lines: list[str]) -> list[str]:
        return prose_html("\n".join(lines), growing=True, loose=self._loose)


class TablePreview:
    """A table: the rows before the last one are kept."""

    def __init__(self) -> None:
        self._rows = 0
        self._html = ""

    def blocks(self, here: Open, partial: str) -> list[str]:
        head, rows = here.lines[:2], [line for line in here.lines[2:] if line.strip(" \t")]
        for row in rows[self._rows :]:
            kept = _parts(_TABLE, prose_html("\n".join([*head, row]), growing=True))
            if len(kept) != 3:
                return ProsePreview().blocks(here, partial)
            self._html += kept[1] if self._rows else kept[0] + kept[1]
            self._rows += 1
        last = _parts(_TABLE, prose_html("\n".join([*head, partial]), growing=True))
        if len(last) == 3:
            return [(self._html or last[0]) + last[1] + last[2]]
        if self._html and not partial.strip(" \t"):
            return [f"{self._html}</tbody>\n</table></div>"]
        return ProsePreview().blocks(here, partial)


def _parts(root: re.Pattern[str], blocks: list[str]) -> list[str]:
    """The first block as opening, content and closing, and the blocks behind it; empty if the first is another kind."""
    found = root.fullmatch(blocks[0]) if blocks else None
    return [*found.groups(), *blocks[1:]] if found else []


def preview_kind(here: Open, partial: str) -> type[Preview]:
    """The cheapest preview that fits what the segment is so far."""
    if here.fence:
        return FencePreview
    if len(here.lines) > MOST_LINES:
        return ProsePreview
    if here.items:
        return ListPreview
    if not here.lines:
        return ParagraphPreview if len(partial) < _LONGEST_PARAGRAPH and _ONE_PARAGRAPH.match(partial) else ProsePreview
    if len(here.lines) > 1 and "|" in here.lines[0] and _DELIMITERS.match(here.lines[1]):
        return TablePreview if len(here.lines[0]) + len(here.lines[1]) < _WIDEST_HEAD else ProsePreview
    return ProsePreview
