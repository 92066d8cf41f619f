"""Markdown for the tests of rendering: strategies of texts and cuts, and a reader of the HTML that comes out."""

from html.parser import HTMLParser

from hypothesis import strategies as st

LINES = [
    "", "", "text", "Word **b** and `c` x", "2 * 3 * 4 and snake_case_name & more", "# Head", "##", "- a",
    "- b", "* c", "1. one", "\n2. two", "\n10) x", "  - sub", "   para in", "  indented", "    code", "\tcode",
    "```", "```py", "~~~", "  ```\n  x\n\n  y\n  ```\n", "   ```py\n   x = 1\n   ```\n", "````", "> q", "> - ql", ">",
    "| a | b |", "|---|--:|",
    "| 1 | **2** |", "---", "===", "***", "- - -", "a|b", "-|-", "+ p", "`x", "[a]: b", "      deep", " - s", "```x`",
    "[l](https://example.com/a_b?c=1&d=2) after", "![i](http://example.com/i.png)",
    "*em* **strong** ~~gone~~ \\* &copy;", "**open and", "a  ", "été \u202eعربي 🙂",
    "<b onclick=x>", "[x](javascript:alert(1))", "tail\u2028of\x0bline",
]  # fmt: skip
line_texts = st.lists(st.sampled_from(LINES), max_size=10).map(lambda lines: "".join(f"{line}\n" for line in lines))
any_texts = st.text(st.sampled_from("ab \n\r\t`~*_#->|[]()!<&\\1.:=\0\ud800é\x0b"), max_size=80) | st.text(max_size=40)
texts = st.one_of(line_texts, any_texts, st.tuples(line_texts, any_texts).map("".join))


@st.composite
def pieces(draw: st.DrawFn, of: st.SearchStrategy[str] = texts) -> list[str]:
    """A text in pieces of any size."""
    text = draw(of)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


class Reading(HTMLParser):
    """What HTML holds: its elements as (tag, attributes), how many stand at the top, and its text."""

    VOID = frozenset({"br", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.roots = 0
        self.text = ""
        self.text_outside = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.roots += not self._open
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if not self._open:
            self.text_outside += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def is_one_element(self) -> bool:
        return self.roots == 1 and self.text_outside == ""

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def words_of(blocks: list[str]) -> str:
    """The text of the blocks without any white space: what a person reads."""
    return "".join("".join(Reading(block).text.split()) for block in blocks)
