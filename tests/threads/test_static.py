"""What a browser is sent beside the page: small, of known origin, and nothing that a strict policy forbids."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from whitenoise.compress import Compressor

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
VENDORED = tomllib.loads((STATIC / "vendor" / "VENDOR.toml").read_text("utf-8"))["file"]
MOST_SCRIPT = 40 * 1024  # bytes, compressed
MOST = 120 * 1024

_STATIC_TAG = re.compile(r"""{% static ["']([^"']+)["'] %}""")
_IMPORT = re.compile(r"""from "\./([\w.-]+)";""")


def names_in(template: str) -> list[str]:
    return _STATIC_TAG.findall((ROOT / "templates" / template).read_text("utf-8"))


def chat_files() -> set[Path]:
    """Every file that the chat page loads, with what its modules import."""
    parts = ["base.html", *(f"threads/{path.name}" for path in (ROOT / "templates" / "threads").glob("*.html"))]
    files = {STATIC / name for part in parts for name in names_in(part)}
    waiting = [path for path in files if path.suffix == ".js"]
    while waiting:
        path = waiting.pop()
        for name in _IMPORT.findall(path.read_text("utf-8")):
            found = path.parent / name
            if found not in files:
                files.add(found)
                waiting.append(found)
    return files


def compressed(path: Path) -> int:
    data = path.read_bytes()
    return min(len(data), len(Compressor.compress_gzip(data)))


@pytest.mark.parametrize("file", VENDORED, ids=lambda file: file["path"])
def test_vendored_files_are_what_they_say(file: dict[str, str]) -> None:
    assert hashlib.sha256((STATIC / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert all(file[field] for field in ("name", "version", "licence", "copyright", "source"))


def test_nothing_is_vendored_in_silence() -> None:
    told = {file["path"] for file in VENDORED}
    here = {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir()}
    assert here - told == {"vendor/VENDOR.toml", "vendor/LICENSES.txt"}
    licences = (STATIC / "vendor" / "LICENSES.txt").read_text("utf-8")
    assert [file["path"] for file in VENDORED if f"{file['name']} {file['version']}" not in licences] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_name_files_that_exist(template: Path) -> None:
    names = names_in(str(template.relative_to(ROOT / "templates")))
    assert [name for name in names if finders.find(name) is None] == []


def test_icons_exist_and_none_is_left_over() -> None:
    sprite = (STATIC / "icons.svg").read_text("utf-8")
    have = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    used = {icon for path in TEMPLATES for icon in re.findall(r'icons\.svg" %}#([\w-]+)', path.read_text("utf-8"))}
    assert used == have


def test_the_script_is_small() -> None:
    scripts = {path for path in chat_files() if path.suffix == ".js"}
    elsewhere = {path.name for path in SCRIPTS if path not in scripts}
    figures = {"metrics.js", "metrics_morph.js", "metrics_plots.js"}
    assert elsewhere == {"health.js", "plain.js", *figures}, "a script that no page loads"
    assert sum(map(compressed, scripts)) <= MOST_SCRIPT


def test_the_page_is_small() -> None:
    assert sum(map(compressed, chat_files())) <= MOST


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_keep_to_the_policy(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function\(|setTimeout\([\"'`]|javascript:|document\.write", text)
    assert not re.search(r"https?://", text), "everything is local"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_keep_to_the_policy(template: Path) -> None:
    """No script or style in the page itself: the policy would stop it without a word to the reader."""
    text = template.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:", text)
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag] == []
    assert not re.search(r"""(?:src|href|action)=["']https?://""", text), "everything is local"


@pytest.mark.parametrize("path", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name)
def test_styles_load_nothing(path: Path) -> None:
    assert not re.search(r"@import|url\(", path.read_text("utf-8"))
