"""The installer's decisions. That it installs is seen by everybody who runs these tests."""

import sys
from pathlib import Path

import pytest

from chatsite import install


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a lock and a sound environment, which is this one's Python seen through a link."""
    (tmp_path / "uv.lock").write_text("one")
    (tmp_path / "pyproject.toml").write_text("two")
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / "pyvenv.cfg").write_text(f"command = python -m venv {venv}\n")
    for name, path in {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "UNFINISHED": venv / ".unfinished",
    }.items():
        monkeypatch.setattr(install, name, path)
    return tmp_path


def test_nothing_is_installed_at_first(project: Path) -> None:
    assert not install.is_current("", wanted=install.digest())


def test_what_is_installed_need_not_be_installed_again(project: Path) -> None:
    install.stamp("").write_text(install.digest())
    assert install.is_current("", wanted=install.digest())
    assert not install.is_current("dev", wanted=install.digest())
    install.stamp("dev").write_text(install.digest())
    assert install.is_current("dev", wanted=install.digest())


def test_developing_includes_serving(project: Path) -> None:
    install.stamp("dev").write_text(install.digest())
    assert install.is_current("", wanted=install.digest())


def test_opentelemetry_is_more_than_serving_and_less_than_developing(project: Path) -> None:
    install.stamp("").write_text(install.digest())
    assert not install.is_current("otel", wanted=install.digest())
    install.stamp("otel").write_text(install.digest())
    assert install.is_current("otel", wanted=install.digest())
    assert not install.is_current("dev", wanted=install.digest())
    install.stamp("otel").unlink()
    install.stamp("dev").write_text(install.digest())
    assert install.is_current("otel", wanted=install.digest())


def test_what_was_installed_is_never_taken_away(project: Path) -> None:
    assert install.kept("") == ""
    assert install.kept("otel") == "otel"
    install.stamp("otel").write_text("of an older lock")
    assert install.kept("") == "otel"
    assert install.kept("dev") == "dev"
    install.stamp("dev").write_text("of an older lock")
    assert install.kept("") == install.kept("otel") == "dev"


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_a_changed_lock_is_installed(project: Path, name: str) -> None:
    install.stamp("dev").write_text(install.digest())
    (project / name).write_text("another")
    assert not install.is_current("dev", wanted=install.digest())


def test_a_lost_python_is_noticed(project: Path) -> None:
    install.stamp("dev").write_text(install.digest())
    (project / ".venv" / "bin" / "python").unlink()
    assert not install.is_current("dev", wanted=install.digest())
    assert not install.is_sound()


def test_an_interrupted_installation_is_not_built_upon(project: Path) -> None:
    (project / ".venv" / ".unfinished").touch()
    assert not install.is_sound()


def test_a_moved_project_is_not_built_upon(project: Path) -> None:
    (project / ".venv" / "pyvenv.cfg").write_text("command = python -m venv /elsewhere/.venv\n")
    assert not install.is_sound()


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(install, "LEAST", (99, 0))
    with pytest.raises(SystemExit):
        install.main([])
    assert "needs Python 99.0 or newer; this is" in capsys.readouterr().err


def test_unknown_options_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        install.main(["--devel"])
    said = capsys.readouterr().err
    assert "--dev" in said
    assert "--otel" in said


def test_uv_never_fetches_a_python_and_uses_pips_index(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    monkeypatch.setattr(install, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    settings = install.uv_settings()
    assert settings["UV_PYTHON_DOWNLOADS"] == "never"
    assert settings["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://chosen.example/simple")
    assert install.uv_settings()["UV_DEFAULT_INDEX"] == "https://chosen.example/simple"
