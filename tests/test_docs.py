"""The documentation and the program say the same: settings, commands, make targets, examples, links."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.utils.text import slugify

from providers import registry_load
from providers.presets import PRESETS
from providers.seeds import SEEDS
from tests.project_files import PACKAGES, make_targets, pages, read

COMPOSED = {"DATABASE_URL", "REDIS_URL"}  # read by functions that know their names
READ_ELSEWHERE = {"SETUP_EMAIL", "SETUP_PASSWORD", "OLLAMA_HOST", "FORWARDED_ALLOW_IPS"}
DATED_WORDS = ("TODO", "FIXME", "coming soon", "lorem ipsum")


def settings_read() -> set[str]:
    return set(re.findall(r'env\.\w+\(\s*"([A-Z][A-Z0-9_]+)"', read("chatsite/settings.py"))) | COMPOSED


def settings_in_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", read(".env.example"), re.MULTILINE))


def own_commands() -> dict[str, str]:
    return {name: app for name, app in get_commands().items() if str(app).split(".")[0] in PACKAGES}


def test_the_settings_are_found() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "GENERATION_WORKER", "STREAMING"} <= settings_read()


def test_every_setting_is_in_the_example() -> None:
    keys = {PRESETS[vendor].variable for vendor in SEEDS}
    assert settings_read() - {"ENV_FILE"} <= settings_in_example()
    assert settings_in_example() <= settings_read() | keys | READ_ELSEWHERE, "named in .env.example, but never read"
    assert keys <= settings_in_example()


def test_every_setting_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", read("docs/configuration.md")))
    assert settings_in_example() <= explained


@pytest.mark.parametrize("name", sorted(own_commands()))
def test_every_command_is_explained(name: str) -> None:
    assert re.search(rf"`{name}\b", read("docs/operations.md")), f"docs/operations.md does not tell of {name}"
    command = load_command_class(own_commands()[name], name)
    assert command.help.strip().endswith("."), f"{name} has no help"


def test_named_commands_exist() -> None:
    named = {name for page in pages() for name in re.findall(r"manage\.py ([a-z][a-z_]+)", page.read_text("utf-8"))}
    assert named <= set(get_commands())


def test_every_make_target_is_explained() -> None:
    told = set(re.findall(r"`make ([a-z-]+)`", read("docs/development.md")))
    assert {name for name, listed in make_targets().items() if listed} <= told


def test_named_make_targets_exist() -> None:
    named = {
        name
        for page in pages()
        for span in re.findall(r"`[^`\n]+`|^make [^#\n]*", page.read_text("utf-8"), re.MULTILINE)
        for name in re.findall(r"\bmake ([a-z][a-z-]*)", span)
    }
    assert {"run", "test", "check"} <= named
    assert named <= set(make_targets())


def anchors(page: Path) -> set[str]:
    return {slugify(heading) for heading in re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (document.parent / name).resolve() if name else document
        assert linked.exists(), f"{document.name} links to {target}, which is not there"
        if anchor and linked.suffix == ".md":
            assert anchor in anchors(linked), f"{document.name} links to {target}: no such heading"


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_nothing_is_announced_or_left_open(document: Path) -> None:
    text = document.read_text("utf-8").lower()
    assert [word for word in DATED_WORDS if re.search(rf"\b{word.lower()}\b", text)] == []


@pytest.mark.django_db
def test_the_registry_example_loads() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", read("docs/operations.md"), re.DOTALL)
    example = example.replace("10.0.0.7", "127.0.0.1")  # an address inside, which the settings have to name
    changes = registry_load.load(example, {"OPENAI_API_KEY": "sk-example-0123456789"})
    assert any("gpu-2" in change for change in changes)
    assert registry_load.load(example, {"OPENAI_API_KEY": "sk-example-0123456789"}) == []


def test_the_license_is_whole() -> None:
    text = read("LICENSE")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
