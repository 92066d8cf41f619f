"""Code blocks: the frame with language and copy button, and Pygments' classes for languages that people use.

A block that is still being written is escaped only; one that is closed is coloured once. Colours are in
`static/css/code.css`. Languages are a fixed list so that an odd one cannot bring a slow lexer into the server.
"""

import re
from html import escape

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

LARGEST_COLOURED = 12_000
LONGEST_LINE = 2_000
TAIL = "</code></pre></div>"
_NAME = re.compile(r"[\w.+#-]{1,40}", re.ASCII)
_LANGUAGES = frozenset(
    """
    asm awk bash bat c c++ clojure cmake cpp cs csharp css csv cuda cypher dart diff docker dockerfile elixir elm erlang
    fish fortran fsharp git-commit glsl go golang gradle graphql groovy haskell hcl hs html html+django http ini java
    javascript jinja js json json5 jsonc jsx julia kotlin latex less lisp lua make makefile markdown matlab md mysql
    nginx nix nim objc objective-c ocaml patch perl php pl postgres postgresql powershell prolog properties proto
    protobuf ps1 pwsh py pycon python python3 pytb r rb rs ruby rust sass scala scheme scss sh shell shell-session
    solidity sql sqlite3 svelte svg swift systemverilog tcl terraform tex tf toml ts tsx typescript vb.net verilog vhdl
    vim vue wasm xml yaml yml zig zsh
    """.split()  # noqa: SIM905 - one word a language reads better than a list of strings
)
_CLASSES = {kind: name for kind, name in STANDARD_TYPES.items() if name and name not in {"w", "n", "p"}}
HIGHLIGHT_CLASSES = frozenset(_CLASSES.values())


def language(info: str) -> str:
    """The language's name in a fence's info text, in lower case; empty if there is none that looks like a name."""
    words = info.split(maxsplit=1)
    name = words[0].lower().strip("{}.") if words else ""
    return name if _NAME.fullmatch(name) else ""


def head(info: str) -> str:
    """The frame up to the code itself; `TAIL` closes it."""
    name = language(info)
    classes = f"highlight language-{name}" if name else "highlight"
    return (
        f'<div class="code" data-lang="{name}"><div class="code-bar"><span class="code-lang">{name}</span>'
        f'<button type="button" class="copy" data-copy="">Copy</button></div>'
        f'<pre tabindex="0"><code class="{classes}">'
    )


def plain(code: str) -> str:
    """`code` as HTML text."""
    return escape(code, quote=False)


def coloured(info: str, code: str) -> str:
    """`code` as HTML with Pygments' short classes; without them if the language is unknown or the code very large."""
    name = language(info)
    if name not in _LANGUAGES or len(code) > LARGEST_COLOURED or max(map(len, code.split("\n"))) > LONGEST_LINE:
        return plain(code)
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    parts: list[str] = []
    last, run = "", ""
    for kind, text in lexer.get_tokens(code):
        css = _css(kind)
        if css == last:
            run += text
        else:
            parts.append(_span(last, run))
            last, run = css, text
    parts.append(_span(last, run))
    return "".join(parts)


def _css(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return _CLASSES.get(kind, "")


def _span(css: str, text: str) -> str:
    return f'<span class="{css}">{plain(text)}</span>' if css and text else plain(text)
