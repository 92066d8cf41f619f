"""The files of this project, for the tests that look at all of them."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("accounts", "chatsite", "metrics", "providers", "threads")


def _ignored_folders() -> set[str]:
    lines = (ROOT / ".gitignore").read_text("utf-8").split()
    return {line.strip("/") for line in lines if line.endswith("/")} | {".git"}


def walk(folder: Path = ROOT) -> Iterator[Path]:
    """All files but what .gitignore names as folders of other things, and `.env`."""
    ignored = _ignored_folders()
    for path in sorted(folder.iterdir()):
        if path.name in ignored or path.name == ".env" or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


def text_of(path: Path) -> str:
    """The text of a file, empty for one that is none."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def pages() -> list[Path]:
    """Everything written for readers of the project: the pages at the top and in docs/."""
    return [path for path in walk() if path.suffix == ".md" and path.parent in {ROOT, ROOT / "docs"}]


def make_targets() -> dict[str, bool]:
    """The targets of the Makefile, each with whether `make help` lists it."""
    found = re.findall(r"^([a-z-]+):(.*)$", read("Makefile"), re.MULTILINE)
    return {name: "## " in rest for name, rest in found}
