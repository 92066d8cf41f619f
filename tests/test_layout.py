"""The house is in order: what lies where, how long it may be, and what no file may contain."""

import ast
import re
from pathlib import Path

import pytest

from tests.project_files import PACKAGES, ROOT, read, text_of, walk

AT_THE_TOP = {
    ".ci", ".env.example", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    "Makefile", "README.md", "SECURITY.md", "accounts", "chatsite", "docs", "manage.py", "metrics", "providers",
    "pyproject.toml", "static", "templates", "tests", "threads", "uv.lock",
}  # fmt: skip
LONGEST_MODULE = 300
LONGEST_TEMPLATE = 150
LONGEST_FUNCTION = 60
CATCH_ALLS = {"utils", "util", "helpers", "helper", "common_utils", "misc"}
# Spelled in parts, so that this file does not contain what it looks for.
INDEX_HOSTS = [f"{name}.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
# A folder of somebody's machine, unless it is the path of an address or of a route.
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.:/{}<>*-])/(?:home|Users|root|work)/[\w.-]")

FILES = list(walk())
MODULES = [path for path in FILES if path.suffix == ".py" and "migrations" not in path.parts]
OURS = [path for path in MODULES if path.relative_to(ROOT).parts[0] in PACKAGES]
TEMPLATES = [path for path in FILES if path.suffix == ".html" and "tests" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_top_level_is_tidy() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} - AT_THE_TOP == set()


@pytest.mark.parametrize(
    ("paths", "most"), [(MODULES, LONGEST_MODULE), (TEMPLATES, LONGEST_TEMPLATE)], ids=["modules", "templates"]
)
def test_files_are_short(paths: list[Path], most: int) -> None:
    lengths = {name_of(path): len(text_of(path).splitlines()) for path in paths}
    assert {name: length for name, length in lengths.items() if length > most} == {}


def test_functions_fit_on_a_screen() -> None:
    long = {}
    for path in OURS:
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{name_of(path)}:{node.name}"] = length
    assert long == {}


def test_modules_say_what_they_own() -> None:
    silent = [
        name_of(path)
        for path in OURS
        if path.name != "apps.py" and text_of(path).strip() and not ast.get_docstring(ast.parse(text_of(path)))
    ]
    assert silent == []


def test_nothing_is_named_for_everything() -> None:
    assert [name_of(path) for path in OURS if path.stem in CATCH_ALLS] == []


def test_nothing_is_swallowed() -> None:
    """No `except Exception: pass`, and no bare `except:`."""
    found = []
    for path in OURS:
        for node in ast.walk(ast.parse(text_of(path))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
            )
            if broad and all(isinstance(statement, ast.Pass) for statement in node.body):
                found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


def test_migrations_have_names() -> None:
    migrations = [path for path in FILES if path.parent.name == "migrations"]
    assert migrations
    assert [name_of(path) for path in migrations if re.search(r"_auto_\d|_alter_.*_and_more", path.name)] == []


@pytest.mark.parametrize("host", INDEX_HOSTS)
def test_no_file_names_an_index(host: str) -> None:
    assert [name_of(path) for path in FILES if host in text_of(path)] == []


def test_the_lock_names_no_index() -> None:
    assert set(re.findall(r"https?://([^/\"]+)", read("uv.lock"))) == {"index.invalid"}


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = {name_of(path): match[0] for path in FILES if (match := SOMEBODYS_FOLDER.search(text_of(path)))}
    assert found == {}
