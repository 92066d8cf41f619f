"""Markdown to safe HTML, block by block: the same for page, stream and API.

`render` takes a whole message, `Rendering` one that is still being written. Both cut the text alike, so what a reader
saw grow is what it finds after a reload. The HTML needs no further escaping or cleaning, carries no style attribute and
loads nothing. This module knows no Django, no storage and no provider.
"""

import re

from threads.markdown.html import segment_html
from threads.markdown.preview import Preview, ProsePreview, preview_kind
from threads.markdown.segments import Cutter, Open

SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
PAUSE_CHARS = 2000
_ODD = re.compile("\r\n?|[\0\ud800-\udfff]")


def render(text: str) -> list[str]:
    """The HTML blocks of a whole message, each exactly one element; none for blank text."""
    rendering = Rendering()
    rendering.append(text)
    rendering.finish()
    return rendering.blocks()


def render_html(text: str) -> str:
    """The HTML of a whole message."""
    return "\n".join(render(text))


class Rendering:
    """A message that is being written. Costs are paid on `blocks` and `stable`; `append` only takes note.

    Blocks before number `stable` never change while text is appended; those behind it are a preview. After `finish` all
    are stable and equal to `render` of the whole text, in whatever pieces it came.
    """

    def __init__(self) -> None:
        self._text: list[str] = []
        self.next_look = float("-inf")
        self._start()

    def _start(self) -> None:
        self._pending: list[str] = []
        self._chars = 0
        self._held = ""
        self._cutter = Cutter()
        self._done: list[str] = []
        self._previewed: Open | None = None
        self._preview: Preview = ProsePreview()
        self._finished = False

    def append(self, text: str) -> None:
        """More text. Raises ValueError after `finish`."""
        if self._finished:
            raise ValueError("This rendering is finished: begin a new one, or truncate it first.")
        self._text.append(text)
        self._pending.append(text)
        self._chars += len(text)

    def truncate(self, keep_chars: int) -> None:
        """Goes back to the first `keep_chars` characters of all that was appended; also opens a finished one again.

        Blocks that were stable may change by this, and `stable` may become smaller.
        """
        kept = "".join(self._text)[:keep_chars]
        self._text = []
        self._start()
        self.append(kept)

    def finish(self) -> None:
        """The text has ended. An open fence counts as closed. Harmless when repeated."""
        if self._finished:
            return
        self._pending.append("")
        self._finished = True
        self._advance()
        for segment in self._cutter.end():
            self._done += segment_html(segment)
        self._chars = 0

    def blocks(self) -> list[str]:
        """The HTML of all blocks so far, each exactly one element."""
        self._advance()
        return [*self._done, *self._open_blocks()]

    @property
    def stable(self) -> int:
        """How many blocks at the beginning will never change, however the text goes on."""
        self._advance()
        return len(self._done)

    @property
    def pause(self) -> float:
        """Seconds to leave between two looks: 0.05 for a small open block, more in proportion to it, at most 1."""
        return min(LONGEST_PAUSE, SHORTEST_PAUSE * max(1.0, self._chars / PAUSE_CHARS))

    def due(self, now: float) -> bool:
        """Whether it is time to show `blocks` again at `now`, in seconds of a steady clock. True begins a new pause."""
        if now < self.next_look:
            return False
        self.next_look = now + self.pause
        return True

    def _advance(self) -> None:
        if not self._pending:
            return
        for segment in self._cutter.feed(self._normal("".join(self._pending))):
            self._done += segment_html(segment)
        self._pending.clear()
        self._chars = sum(map(len, self._cutter.open.lines)) + len(self._cutter.partial)

    def _normal(self, text: str) -> str:
        """Lines ended by a newline alone, without what HTML cannot carry. A return waits for what may follow it."""
        text = self._held + text
        self._held = ""
        if text.endswith("\r") and not self._finished:
            text, self._held = text[:-1], "\r"
        return _ODD.sub(lambda odd: "\n" if odd[0][0] == "\r" else "\ufffd", text)

    def _open_blocks(self) -> list[str]:
        here = self._cutter.open
        if not (here.lines or here.fence or self._cutter.partial):
            return []
        kind = preview_kind(here, self._cutter.partial)
        if self._previewed is not here or type(self._preview) is not kind:
            self._previewed, self._preview = here, kind()
        return self._preview.blocks(here, self._cutter.partial)
