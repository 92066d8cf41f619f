"""Cuts growing markdown into segments that can be rendered each on its own, looking at every line once.

A segment is one fenced code block, or prose: one or a few neighbouring blocks that cannot be told apart by their first
lines alone. Where a cut falls depends on the text only, never on the pieces in which it came, so a streamed answer and
a stored one are cut alike. It owns no HTML and no inline syntax.

Cuts fall around fences and `#` headings, before a list, and after a blank line unless a list may go on. What is
one block for CommonMark is never cut, but for a few odd mixtures of lists with blocks that begin right below a quote.
"""

import re
from dataclasses import dataclass, field

TAB = 4
_FENCE = re.compile(r" *(?P<marks>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$")
_HEADING = re.compile(r" *#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r" *(?:\*[ \t]*){3,}$| *(?:-[ \t]*){3,}$| *(?:_[ \t]*){3,}$")
_ITEM = re.compile(r"(?P<lead> *(?:[-+*]|\d{1,9}[.)]))(?P<gap>[ \t]*)(?P<rest>.*)$")
_BREAKS_PARAGRAPH = re.compile(r" *(?:[-+*]|0{0,8}1[.)])[ \t]+[^ \t]")
_SURELY_NO_ITEM = re.compile(r" *(?:[^\s\d+*-]|[-+*][^ \t]|\d+[^\d.)]|\d+[.)][^ \t])")


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown without a top-level fence; every line ends with a newline."""

    source: str


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block: what stands behind its opening marks, and its lines, each ended by a newline."""

    info: str
    body: str


Segment = Prose | Fence


@dataclass(frozen=True, slots=True)
class Opening:
    """The line that opens a fence: spaces before it, its marks, and what follows them."""

    indent: int
    marks: str
    info: str

    def closed_by(self, line: str) -> bool:
        marks = line.strip(" \t")
        return len(marks) >= len(self.marks) and not marks.strip(self.marks[0]) and indent_of(line) < TAB

    def inner(self, line: str) -> str:
        """`line` without as much white space as stands before the fence itself."""
        column = start = 0
        while column < self.indent and line[start : start + 1] in (" ", "\t"):
            column += TAB - column % TAB if line[start] == "\t" else 1
            start += 1
        return " " * (column - self.indent) + line[start:]


@dataclass(slots=True)
class Open:
    """The segment that still grows. `items` are the numbers of the lines that begin an item of its outermost list."""

    lines: list[str] = field(default_factory=list)
    fence: Opening | None = None
    items: list[int] = field(default_factory=list)
    item_indent: int = 0
    loose: bool = False
    after_blank: bool = False

    @property
    def limit(self) -> int:
        """Lines indented by less than this many columns are outside of the list, or no indented code."""
        return self.item_indent if self.items else TAB

    def segment(self) -> Segment:
        text = "".join(f"{line}\n" for line in self.lines)
        if self.fence:
            return Fence(self.fence.info, text)
        return Prose(text)


class Cutter:
    """Takes text in pieces of any size. `open` is the segment at the end, `partial` its last line as far as it came."""

    def __init__(self) -> None:
        self.open = Open()
        self.partial = ""
        self._closed: list[Segment] = []

    def feed(self, text: str) -> list[Segment]:
        """Takes in `text` (its lines end with a newline alone); answers with the segments that are complete now."""
        *lines, self.partial = (self.partial + text).split("\n")
        for line in lines:
            self._line(line)
        self._look_ahead()
        return self._drain()

    def end(self) -> list[Segment]:
        """The text has ended: answers with all segments not given out yet."""
        if self.partial:
            self._line(self.partial)
            self.partial = ""
        self._cut()
        return self._drain()

    def _line(self, line: str) -> None:
        here = self.open
        if here.fence:
            if here.fence.closed_by(line):
                self._cut()
            else:
                here.lines.append(here.fence.inner(line))
        elif line.strip(" \t"):
            self._text_line(line)
        elif here.lines:
            here.lines.append(line)
            here.after_blank = True

    def _text_line(self, line: str) -> None:
        indent = indent_of(line)
        outside = indent < self.open.limit
        if outside and indent < TAB:
            if fence := _FENCE.match(line):
                self._cut()
                self.open.fence = Opening(indent, fence["marks"], fence["info"])
                return
            if _HEADING.match(line) or (self._no_underline() and _RULE.match(line)):
                self._cut()
                self.open.lines.append(line)
                self._cut()
                return
        if outside and (item := self._begun_item(line, indent)):
            self._item(item)
        elif outside and (self.open.after_blank or (self.open.items and line.lstrip(" ").startswith(">"))):
            self._cut()
        self.open.lines.append(line)
        self.open.after_blank = False

    def _no_underline(self) -> bool:
        """Whether dashes on the next line are a rule for sure, and do not make the line above a heading."""
        return bool(not self.open.lines or self.open.after_blank or self.open.items)

    def _begun_item(self, line: str, indent: int) -> re.Match[str] | None:
        item = _ITEM.match(line)
        if not item or indent >= TAB or (item["rest"] and not item["gap"]) or _RULE.match(line):
            return None
        here = self.open
        begins = not here.lines or here.items or here.after_blank or _BREAKS_PARAGRAPH.match(line)
        return item if begins else None

    def _item(self, item: re.Match[str]) -> None:
        if not self.open.items:
            self._cut()
        here = self.open
        gap = len(item["gap"].expandtabs(TAB))
        here.item_indent = len(item["lead"]) + (gap if item["rest"] and gap <= TAB else 1)
        here.loose = here.loose or here.after_blank
        here.items.append(len(here.lines))

    def _look_ahead(self) -> None:
        """Cuts before an unfinished line already where nothing that may follow in it can change that."""
        here = self.open
        if here.fence or not here.after_blank or not self.partial.strip(" \t"):
            return
        if indent_of(self.partial) < here.limit and (not here.items or _SURELY_NO_ITEM.match(self.partial)):
            self._cut()

    def _cut(self) -> None:
        if self.open.lines or self.open.fence:
            self._closed.append(self.open.segment())
        self.open = Open()

    def _drain(self) -> list[Segment]:
        closed, self._closed = self._closed, []
        return closed


def indent_of(line: str) -> int:
    """Columns of white space before the first other character; a tab reaches to the next multiple of four."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(TAB)) if "\t" in lead else len(lead)
