"""Markdown to safe HTML: what each kind of block becomes, and what never gets through."""

import re

import pytest
from hypothesis import given

from tests.threads.markdown_texts import Reading, texts
from threads.render import render, render_html

ATTRIBUTES = {"href", "title", "rel", "target", "class", "dir", "tabindex", "start", "type", "data-copy", "data-lang"}
TAGS = {
    "p", "blockquote", "ul", "ol", "li", "div", "table", "thead", "tbody", "tr", "th", "td", "hr", "h3", "h4", "h5",
    "h6", "pre", "code", "span", "button", "a", "strong", "em", "s", "br",
}  # fmt: skip


def one(text: str) -> str:
    (block,) = render(text)
    return block


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Plain & simple > all", '<p dir="auto">Plain &amp; simple &gt; all</p>'),
        ("*a* **b** ~~c~~ `<d>`", '<p dir="auto"><em>a</em> <strong>b</strong> <s>c</s> <code>&lt;d&gt;</code></p>'),
        ("one  \ntwo\nthree", '<p dir="auto">one<br>\ntwo\nthree</p>'),
        ("# A", '<h3 dir="auto">A</h3>'),
        ("A\n---", '<h4 dir="auto">A</h4>'),
        ("###### A", '<h6 dir="auto">A</h6>'),
        ("> a", '<blockquote dir="auto">\n<p dir="auto">a</p>\n</blockquote>'),
        ("- [x] a", '<ul>\n<li dir="auto">[x] a</li>\n</ul>'),
        ("7. a\n8. b", '<ol start="7">\n<li dir="auto">a</li>\n<li dir="auto">b</li>\n</ol>'),
        ("***", "<hr>"),
        ("&copy; \\* &#60;", '<p dir="auto">© * &lt;</p>'),
        ("[1]: https://example.com", '<p dir="auto">[1]: https://example.com</p>'),
    ],
)
def test_blocks(text: str, html: str) -> None:
    assert one(text) == html


def test_a_code_block_has_its_language_and_a_copy_button() -> None:
    html = '<div class="code" data-lang="python"><div class="code-bar"><span class="code-lang">python</span>'
    html += '<button type="button" class="copy" data-copy="">Copy</button></div><pre tabindex="0">'
    html += '<code class="highlight language-python">x <span class="o">=</span> <span class="mi">1</span>\n</code>'
    assert one("```Python title=x\nx = 1\n```") == html + "</pre></div>"


@pytest.mark.parametrize("text", ["    a < b\n", "```\na < b\n```", "```no-such-language\na < b\n```", "~~~\na < b"])
def test_code_without_a_known_language_is_plain(text: str) -> None:
    read = Reading(one(text))
    assert read.text.endswith("Copya < b\n")
    assert read.all("span") == [{"class": "code-lang"}]


def test_code_in_a_list_is_coloured_too() -> None:
    read = Reading(one("- a\n\n  ```py\n  x = 1\n\n  y = 2\n  ```\n- b"))
    assert {"class": "mi"} in read.all("span")
    assert {"class": "highlight language-py"} in read.all("code")
    assert "x = 1\n\ny = 2\n" in read.text


@pytest.mark.parametrize("info", ['"><script>', "a" * 50, "'onload=", "é", "{}", "py`"])
def test_a_language_that_is_no_name_is_left_out(info: str) -> None:
    assert Reading(one(f"~~~{info}\nx\n~~~")).all("div")[0] == {"class": "code", "data-lang": ""}


@pytest.mark.parametrize(
    "code", ["\n\n  a\n", "\tx = '\u00a0'\n", "# é 🙂\n\n\n", "&amp; <b>\n", "'''open\n", "0x\x01\n"]
)
def test_code_is_copied_as_it_was_written(code: str) -> None:
    for language in ("python", "html", "bash", ""):
        assert Reading(one(f"```{language}\n{code}```")).text == f"{language}Copy{code}"


def test_very_large_code_is_not_coloured() -> None:
    assert 'class="mi"' not in one("```python\n" + "x = 1\n" * 2_500)
    assert 'class="mi"' not in one("```python\nx = " + "1, " * 1_000)


def test_tables_scroll_inside_themselves_and_align_by_class() -> None:
    read = Reading(one("| a | b | c |\n|:-:|--:|---|\n| 1 | 2 | 3 |"))
    assert read.elements[0] == ("div", {"class": "table-wrap", "tabindex": "0"})
    assert read.elements[1] == ("table", {})
    assert read.all("td") == [{"class": "align-center"}, {"class": "align-right"}, {}]


def test_links_open_elsewhere_and_tell_nothing() -> None:
    (link,) = Reading(one('[a](https://example.com/?a=1&b="2" "t")')).all("a")
    assert link.pop("rel") == "noopener noreferrer nofollow"
    assert link == {"href": "https://example.com/?a=1&b=%222%22", "title": "t", "target": "_blank"}
    assert Reading(one("<mailto:a@example.com> <https://example.com>")).all("a")[0]["href"] == "mailto:a@example.com"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "&#106;avascript:alert(1)",
        "data:text/html,x", "data:image/png;base64,AAAA", "vbscript:x", "file:///etc/passwd", "//example.com", "/local",
        "#part", "?q", "http:/example.com", "\\\\example.com", "ftp://example.com", "<javascript:alert(1)>",
        "http\u200b://example.com", "blob:x", "sandbox:/mnt/x",
    ],
)  # fmt: skip
def test_other_addresses_are_no_links(address: str) -> None:
    for text in (f"[a]({address})", f"![a]({address})", f"<{address}>", f"[a][b]\n\n[b]: {address}"):
        assert "<a" not in render_html(text)


def test_images_are_not_loaded_but_linked() -> None:
    (link,) = Reading(one("![An *old* cat](https://example.com/cat.png)")).all("a")
    assert link["class"] == "image-link"
    assert link["href"] == "https://example.com/cat.png"
    assert Reading(one("![An *old* cat](https://example.com/cat.png)")).text == "An old cat"
    assert Reading(one("![](https://example.com/cat.png)")).text == "image"


def test_an_image_in_a_link_is_its_text() -> None:
    read = Reading(one("[![badge](https://example.com/b.svg) x](https://example.com/) ![i](https://example.com/i)"))
    assert [link["href"] for link in read.all("a")] == ["https://example.com/", "https://example.com/i"]
    assert read.text == "badge x i"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a <b onclick='x'>b</b>", "<!-- c --> <?x?>",
        "<style>*{}</style>", "[a](https://example.com \"'><script>\")", "[a](https://e.com/'\"><script>)",
        "`<script>`", "![<script>](https://example.com)", "| <script> |\n|---|\n| <script> |", "&lt;script&gt;",
        "<svg/onload=x>", "<https://e.com/?<script>>", "# <iframe src=x>", "```html\n<script>alert(1)</script>\n```",
    ],
)  # fmt: skip
def test_html_is_text(text: str) -> None:
    check_safe(render(text))


@given(texts)
def test_nothing_but_our_own_html_comes_out(text: str) -> None:
    check_safe(render(text))


def check_safe(blocks: list[str]) -> None:
    for block in blocks:
        read = Reading(block)
        assert read.is_one_element, block
        for tag, attributes in read.elements:
            assert tag in TAGS
            assert set(attributes) <= ATTRIBUTES
            if tag == "a":
                assert re.match(r"https?://|mailto:", str(attributes["href"]), re.IGNORECASE)
                assert attributes["rel"] == "noopener noreferrer nofollow"
                assert attributes["target"] == "_blank"


def test_what_html_cannot_carry_is_marked() -> None:
    assert one("a\0b \ud83d c") == '<p dir="auto">a\ufffdb \ufffd c</p>'


def test_directions_are_found_by_the_browser() -> None:
    for text, tag in (("שלום", "p"), ("# ש", "h3"), ("- ש", "li"), ("> ש", "blockquote")):
        assert Reading(one(text)).all(tag) == [{"dir": "auto"}]
