"""A finished or growing piece of markdown as a list of HTML blocks, each one element.

It owns which HTML we emit at all: the renderer writes constants, escaped text and checked links, and the sanitiser lets
through exactly that. Headings begin at h3 below the page's own; images become links, so that nothing remote is loaded.
"""

import re
from collections.abc import Callable, Iterator

import nh3
from markdown_it.token import Token

from threads.markdown import code
from threads.markdown.parser import MAX_NESTING, has_markup, marks_in, parse_blocks, parse_inline
from threads.markdown.segments import Fence, Segment

LARGEST_BLOCK = 60_000
MOST_LINES = 2_000
MOST_MARKS = 5_000
MOST_CELLS = 10_000
_escape = code.plain
_PLAIN_LINE = re.compile(r"[^\W\d_][^\n\\`*_~\[\]&<\u00a0]*\n*")
PARAGRAPH = ('<p dir="auto">', "</p>")
_WRITTEN = {
    "paragraph_open": PARAGRAPH[0],
    "paragraph_close": f"{PARAGRAPH[1]}\n",
    "blockquote_open": '<blockquote dir="auto">\n',
    "blockquote_close": "</blockquote>\n",
    "bullet_list_open": "<ul>\n",
    "bullet_list_close": "</ul>\n",
    "ordered_list_close": "</ol>\n",
    "list_item_open": '<li dir="auto">',
    "list_item_close": "</li>\n",
    "table_open": '<div class="table-wrap" tabindex="0"><table>\n',
    "table_close": "</table></div>\n",
    "thead_open": "<thead>\n",
    "thead_close": "</thead>\n",
    "tbody_open": "<tbody>\n",
    "tbody_close": "</tbody>\n",
    "tr_open": "<tr>",
    "tr_close": "</tr>\n",
    "th_close": "</th>",
    "td_close": "</td>",
    "hr": "<hr>\n",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "s_open": "<s>",
    "s_close": "</s>",
    "link_close": "</a>",
    "softbreak": "\n",
    "hardbreak": "<br>\n",
}
_ALIGN = {"text-align:left": "align-left", "text-align:center": "align-center", "text-align:right": "align-right"}
_TAGS = set(
    """
    p blockquote ul ol li div table thead tbody tr th td hr h3 h4 h5 h6 pre code span button a strong em s br
    """.split()  # noqa: SIM905 - as in the list of languages
)
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "div": {"data-lang"}, "code": {"class"}},
    tag_attribute_values={
        **{tag: {"dir": {"auto"}} for tag in ("p", "li", "blockquote", "h3", "h4", "h5", "h6")},
        "div": {"tabindex": {"0"}},
        "pre": {"tabindex": {"0"}},
        "button": {"type": {"button"}, "data-copy": {""}},
    },
    set_tag_attribute_values={"a": {"target": "_blank"}},
    allowed_classes={
        "a": {"image-link"},
        "p": {"as-written"},
        "div": {"code", "code-bar", "table-wrap"},
        "span": {"code-lang", *code.HIGHLIGHT_CLASSES},
        "button": {"copy"},
        "th": set(_ALIGN.values()),
        "td": set(_ALIGN.values()),
    },
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)


def segment_html(segment: Segment) -> list[str]:
    """The blocks of a segment that is complete."""
    if isinstance(segment, Fence):
        return [_CLEANER.clean(code.head(segment.info) + code.coloured(segment.info, segment.body) + code.TAIL)]
    return prose_html(segment.source)


def prose_html(source: str, *, growing: bool = False, loose: bool = False) -> list[str]:
    """The blocks of markdown text. `growing` leaves code uncoloured; `loose` gives list items paragraphs in any case.

    Text without a place to cut that is far larger than anything a person reads as one block, and a block that is nested
    too deeply, are shown as they were written.
    """
    if _too_many_cells(source) or (len(source) > MOST_LINES and _too_much(source)):
        return [_as_written(source)]
    if _PLAIN_LINE.fullmatch(source):
        return [paragraph_html(source.rstrip())]
    return [_block(group, source, growing, loose) for group in _top_level(parse_blocks(source))]


def paragraph_html(content: str) -> str:
    """`content` as one paragraph. Text without any markup needs no sanitiser."""
    paragraph = PARAGRAPH[0] + inline_html(content) + PARAGRAPH[1]
    return _CLEANER.clean(paragraph) if has_markup(content) else paragraph


def _top_level(tokens: list[Token]) -> Iterator[list[Token]]:
    start = 0
    for end, token in enumerate(tokens, 1):
        if token.level == 0 and token.nesting <= 0:
            yield tokens[start:end]
            start = end


def _block(tokens: list[Token], source: str, growing: bool, loose: bool) -> str:
    if max(token.level for token in tokens) >= MAX_NESTING - 2:
        first, end = tokens[0].map or (0, None)
        return _as_written("\n".join(source.split("\n")[first:end]))
    out = []
    for token in tokens:
        if loose and token.level == 2:
            token.hidden = False
        if token.hidden:
            continue
        if token.type == "inline":
            out.append(inline_html(token.content))
        elif token.type in _CODE:
            out.append(_code_block(token, growing))
        else:
            out.append(_WRITTEN.get(token.type) or _COMPUTED[token.type](token))
    return _CLEANER.clean("".join(out)).rstrip("\n")


def inline_html(content: str) -> str:
    """A paragraph's or cell's content. Not sanitised by itself: the block around it is."""
    if not has_markup(content):
        return _escape(content)
    out = []
    linked = False
    for token in parse_inline(content):
        if token.type == "text":
            out.append(_escape(token.content))
        elif token.type == "image":
            out.append(_image(token, linked))
        else:
            linked = token.type == "link_open" or (linked and token.type != "link_close")
            out.append(_WRITTEN.get(token.type) or _COMPUTED[token.type](token))
    return "".join(out)


def _too_much(source: str) -> bool:
    return len(source) > LARGEST_BLOCK or source.count("\n") > MOST_LINES or marks_in(source) > MOST_MARKS


def _too_many_cells(source: str) -> bool:
    """A table's short rows are filled up to the width of its head, so a little text can make many cells."""
    rows = source.count("\n")
    if source.count("|") * rows <= MOST_CELLS:
        return False
    return max(line.count("|") for line in source.split("\n")) * rows > MOST_CELLS


def _as_written(source: str) -> str:
    return f'<p class="as-written" dir="auto">{_escape(source.rstrip())}</p>'


def _code_block(token: Token, growing: bool) -> str:
    body = _escape(token.content) if growing else code.coloured(token.info, token.content)
    return f"{code.head(token.info)}{body}{code.TAIL}\n"


def _heading(token: Token) -> str:
    level = min(int(token.tag[1]) + 2, 6)
    return f'<h{level} dir="auto">' if token.nesting > 0 else f"</h{level}>\n"


def _ordered_list(token: Token) -> str:
    start = token.attrGet("start")
    return "<ol>\n" if start is None else f'<ol start="{int(start)}">\n'


def _cell(token: Token) -> str:
    css = _ALIGN.get(str(token.attrGet("style")))
    return f'<{token.tag} class="{css}">' if css else f"<{token.tag}>"


def _link(token: Token) -> str:
    return f"<a{_attribute('href', token.attrGet('href'))}{_attribute('title', token.attrGet('title'))}>"


def _image(token: Token, linked: bool) -> str:
    """A link to the image; inside of another link its text alone, for links cannot be nested."""
    label = _escape(_text_of(token.children or []).strip() or "image")
    href = _attribute("href", token.attrGet("src"))
    return label if linked else f'<a class="image-link"{href}{_attribute("title", token.attrGet("title"))}>{label}</a>'


def _attribute(name: str, value: str | int | float | None) -> str:
    return "" if value is None else ' {}="{}"'.format(name, _escape(str(value)).replace('"', "&quot;"))


def _text_of(tokens: list[Token]) -> str:
    return "".join(_text_of(token.children) if token.children else token.content for token in tokens)


_CODE = frozenset({"fence", "code_block"})
_COMPUTED: dict[str, Callable[[Token], str]] = {
    "text_special": lambda token: _escape(token.content),
    "code_inline": lambda token: f"<code>{_escape(token.content)}</code>",
    "heading_open": _heading,
    "heading_close": _heading,
    "ordered_list_open": _ordered_list,
    "th_open": _cell,
    "td_open": _cell,
    "link_open": _link,
}
