"""docs/providers.md shows every preset, and what it shows can be loaded and is not retired."""

import re

import pytest

from providers import registry_load
from providers.models import Provider
from providers.presets import PRESETS
from tests.project_files import read

pytestmark = pytest.mark.django_db
EXAMPLES = re.findall(r"```toml\n(.*?)```", read("docs/providers.md"), re.DOTALL)


def preset_of(example: str) -> str:
    return re.findall(r'preset = "(.+)"', example)[0]


def test_every_preset_is_shown() -> None:
    assert {preset_of(example) for example in EXAMPLES} == {p.name for p in PRESETS.values() if not p.stand_in}


@pytest.mark.parametrize("example", EXAMPLES, ids=preset_of)
def test_the_lines_can_be_loaded(example: str) -> None:
    environ = dict.fromkeys(re.findall(r"env:(\w+)", example), "sk-example-0123456789")
    loaded = registry_load.load_and_look(example, environ)
    assert len(loaded.changes) == 3
    assert loaded.cautions == []
    variable = PRESETS[preset_of(example)].variable
    assert Provider.objects.get().key_source == (f"env:{variable}" if variable else "")
