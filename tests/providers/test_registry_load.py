"""`load_registry`: rows follow the file, twice is once, and a bad file changes nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from providers.models import Deployment, Model, Offering, Provider, RegistrySettings, Route
from tests.providers.test_registry_file import FULL

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    path = tmp_path / "registry.toml"
    path.write_text(FULL)
    return path


def load(file: Path, *options: str) -> str:
    output = StringIO()
    call_command("load_registry", str(file), *options, stdout=output)
    return output.getvalue()


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def rows() -> list[object]:
    """Everything in the registry but the times."""
    kept = [Provider, Model, Deployment, Route, RegistrySettings, Model.fallbacks.through]
    return [
        sorted(
            (
                {key: value for key, value in row.items() if key not in {"created", "updated"}}
                for row in kind.objects.values()
            ),
            key=str,
        )
        for kind in kept
    ]


def test_rows_follow_the_file(file: Path) -> None:
    output = load(file)
    assert "provider openai created" in output
    assert "sk-one" not in output
    openai = Provider.objects.get(name="openai")
    assert (openai.api_key, openai.key_source, openai.max_concurrency) == ("sk-one", "env:OPENAI_API_KEY", 50)
    fast = Model.objects.get(name="fast")
    assert [(d.provider.name, d.upstream, d.weight, d.keep_alive) for d in fast.deployments.all()] == [
        ("openai", "gpt-6-luna", 3, ""),
        ("gpu-2", "qwen3", 1, "5m"),
    ]
    assert [row.fallback.name for row in fast.fallback_rows.all()] == ["cheap"]
    assert (float(fast.price_input or 0), fast.timeout_stall, fast.streaming, fast.hedge_after) == (0.1, 60, False, 1.5)
    assert Route.objects.get(name="news").keywords == ["latest", "today"]
    assert RegistrySettings.current().default_model == "cheap"


def test_loading_again_changes_nothing(file: Path) -> None:
    load(file)
    before = rows()
    assert load(file) == "nothing changed\n"
    assert rows() == before


def test_a_dry_run_tells_and_changes_nothing(file: Path) -> None:
    before = rows()
    output = load(file, "--dry-run")
    assert "model fast created" in output
    assert output.endswith("dry run: nothing was changed\n")
    assert rows() == before
    load(file)
    assert load(file, "--dry-run") == "nothing would change\n"


def test_a_bad_file_changes_nothing(file: Path) -> None:
    load(file)
    before = rows()
    change(file, "gpt-6-luna", "gpt-7")
    change(file, "max_concurrency = 50", "max_concurrency = 9")
    change(file, 'always = true\nmodel = "cheap"', 'always = true\nmodel = "cheep"')
    with pytest.raises(CommandError) as told:
        load(file)
    assert "1 fault, nothing was changed" in str(told.value)
    assert 'line 40: [[route]] rest: model: no model is called "cheep". Did you mean "cheap"?' in str(told.value)
    assert rows() == before


def test_what_left_the_file_goes_back_to_its_default(file: Path) -> None:
    load(file)
    for old, new in (
        ("hedge_after = 1.5\n", ""),
        ('  { provider = "gpu-2", upstream = "qwen3", keep_alive = "5m" },\n', ""),
        ('fallbacks = ["cheap"]\n', ""),
        ("weight = 3", "weight = 4"),
    ):
        change(file, old, new)
    assert load(file).splitlines() == [
        "model fast: hedge_after changed",
        "model fast: deployment gpt-6-luna at openai: weight changed",
        "model fast: deployment qwen3 at gpu-2 removed",
        "model fast: fallbacks are now none",
    ]


def test_what_a_file_cannot_say_stays_as_staff_set_it(file: Path) -> None:
    load(file)
    Model.objects.filter(name="fast").update(label="Quick", enabled=False)
    Provider.objects.filter(name="openai").update(headers={"X-Title": "Ours"}, enabled=False)
    Model.objects.create(name="by-hand")
    assert load(file) == "nothing changed\n"
    assert Model.objects.get(name="fast").label == "Quick"
    assert Provider.objects.get(name="openai").headers == {"X-Title": "Ours"}
    assert Model.objects.filter(name="by-hand").exists()


def test_a_new_key_is_stored_and_not_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(file)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-two")
    assert load(file) == "provider openai: api_key changed\n"
    assert Provider.objects.get(name="openai").api_key == "sk-two"


def test_a_key_the_file_does_not_give_is_kept(file: Path) -> None:
    load(file)
    change(file, 'api_key = "env:OPENAI_API_KEY"\n', "")
    assert load(file) == "nothing changed\n"
    assert Provider.objects.get(name="openai").api_key == "sk-one"
    change(file, 'preset = "openai"', 'preset = "openai"\nbase_url = "https://elsewhere.example/v1"')
    with pytest.raises(CommandError, match="the stored key was given for"):
        load(file)
    change(file, 'base_url = "https://elsewhere.example/v1"', 'base_url = "https://elsewhere.example/v1"\napi_key = ""')
    load(file)
    assert Provider.objects.get(name="openai").api_key == ""


def test_fallbacks_may_come_later_in_the_file_and_change_places(file: Path) -> None:
    load(file)
    change(file, 'fallbacks = ["cheap"]\n', "")
    change(file, 'name = "cheap"\n', 'name = "cheap"\nfallbacks = ["fast"]\n')
    load(file)
    assert [row.fallback.name for row in Model.objects.get(name="cheap").fallback_rows.all()] == ["fast"]


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"\xff\xfe", "is not UTF-8")])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        load(path)


def test_a_mark_at_the_beginning_is_no_fault(file: Path) -> None:
    file.write_text("\ufeff" + FULL)
    assert "provider openai created" in load(file)


def test_what_speaks_against_a_model_is_told_and_loaded(file: Path) -> None:
    change(file, "gpt-6-luna", "gpt-4-turbo")
    change(file, 'upstream = "qwen3" }]', 'upstream = "qwen4" }]')
    old = Model.objects.create(name="not-in-the-file")
    away = Provider.objects.create(name="away", preset="openai")
    Deployment.objects.create(model=old, provider=away, upstream="gpt-4")
    errors = StringIO()
    call_command("load_registry", str(file), "--dry-run", stdout=StringIO(), stderr=errors)
    retired = "caution: model fast at openai: gpt-4-turbo was retired on 2026-10-23; use gpt-6-luna.\n"
    assert errors.getvalue() == retired
    assert not Model.objects.filter(name="fast").exists()
    load(file)
    Offering.objects.create(provider=Provider.objects.get(name="gpu-2"), upstream="qwen3:latest", seen_at=away.created)
    errors = StringIO()
    call_command("load_registry", str(file), stdout=StringIO(), stderr=errors)
    assert errors.getvalue().startswith(retired)
    assert 'caution: model cheap at gpu-2: gpu-2 does not list a model called "qwen4"' in errors.getvalue()
