"""The markdown parser as we use it: markdown-it's `js-default` rules, some narrowed down for safety and speed.

Raw HTML is text. Links are http, https or mailto, else they stay as written. Reference definitions (`[1]: https://…`)
are no syntax but shown as written: they would vanish from sight, and could change blocks that a reader has already.
It knows nothing of the HTML we emit.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    entity,
    escape,
    image,
    link,
    newline,
    strikethrough,
)
from markdown_it.token import Token

MAX_NESTING = 60
MAX_INLINE_NESTING = 20
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_MARKUP = re.compile(r"[\n\\`*_~\[\]&<]|!(?=\[)")
_RULES: dict[str, Callable[[StateInline, bool], bool]] = {
    "\n": newline,
    "\\": escape,
    "`": backtick,
    "*": emphasis.tokenize,
    "_": emphasis.tokenize,
    "~": strikethrough.tokenize,
    "[": link,
    "!": image,
    "<": autolink,
    "&": entity,
}


class Inline(ParserInline):
    """The same inline syntax, with the one rule that can apply looked up by the character instead of trying all."""

    def tokenize(self, state: StateInline) -> None:
        end, src = state.posMax, state.src
        while state.pos < end:
            pos = state.pos
            rule = _RULES.get(src[pos])
            if rule is None:
                state.pos = _text_end(src, pos, end)
                state.append_pending(src[pos : state.pos])
            elif state.level >= MAX_INLINE_NESTING or not rule(state, False):
                state.append_pending(src[pos])
                state.pos = pos + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - the library's name
        pos = state.pos
        known = state.cache.get(pos)
        if known is None:
            known = state.cache[pos] = self._token_end(state, pos)
        state.pos = known

    def _token_end(self, state: StateInline, pos: int) -> int:
        if state.level >= MAX_INLINE_NESTING:
            return state.posMax
        rule = _RULES.get(state.src[pos])
        if rule is None:
            return _text_end(state.src, pos, state.posMax)
        state.level += 1
        matched = rule(state, True)
        state.level -= 1
        return state.pos if matched else pos + 1


def _text_end(src: str, pos: int, end: int) -> int:
    markup = _MARKUP.search(src, pos + 1, end)
    return markup.start() if markup else end


def _parser() -> MarkdownIt:
    md = MarkdownIt("js-default", {"maxNesting": MAX_NESTING}).disable(["reference", "html_block"])
    md.inline = Inline()
    md.normalizeLink = lru_cache(maxsize=2048)(md.normalizeLink)  # type: ignore[method-assign]
    md.validateLink = lambda url: bool(_SAFE_LINK.match(url))  # type: ignore[method-assign]
    return md


_MD = _parser()


def parse_blocks(source: str) -> list[Token]:
    """The block tokens of `source`; their inline content is not parsed yet."""
    tokens: list[Token] = []
    _MD.block.parse(source, _MD, {}, tokens)
    return tokens


def has_markup(content: str) -> bool:
    """Whether `content` can be anything but plain text to the inline rules."""
    return _MARKUP.search(content) is not None


def marks_in(source: str) -> int:
    """How many characters of `source` the inline rules have to look at."""
    return sum(1 for _ in _MARKUP.finditer(source))


def parse_inline(content: str) -> list[Token]:
    """The tokens of a paragraph's or cell's content."""
    return _MD.inline.parse(content, _MD, {}, [])
