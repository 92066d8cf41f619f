"""The commands, as a script or a start-up calls them."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts import access, services
from accounts.models import ApiKey, Organization, User

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


class TestCreateApiKey:
    def test_the_key_stands_alone_on_stdout_and_works(self, anna: User) -> None:
        out = run("create_api_key", "--user", "Anna@example.org")
        assert out.startswith("cs_")
        assert out.count("\n") == 1
        key = services.authenticate_api_key(out.strip())
        assert key is not None
        assert (key.user, key.organization, key.staff) == (anna, access.default_organization(anna), False)

    def test_organisation_name_and_staff(self, chief: User) -> None:
        run("create_api_key", "--user", chief.email, "--org", "default", "--name", "cron", "--staff")
        key = ApiKey.objects.get()
        assert (key.organization.slug, key.name, key.staff) == ("default", "cron", True)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--user", "who@example.org"], r"No account has the e-mail who@example\.org"),
            (["--user", "anna@example.org", "--org", "default"], "Use one of: anna-"),
            (["--user", "anna@example.org", "--staff"], "not staff"),
            (["--user", "anna@example.org", "--name", "n" * 101], "--name"),
        ],
    )
    @pytest.mark.usefixtures("anna", "default_organization")
    def test_what_is_wrong_is_said(self, arguments: list[str], words: str) -> None:
        with pytest.raises(CommandError, match=words):
            run("create_api_key", *arguments)
        assert not ApiKey.objects.exists()

    @pytest.fixture
    def default_organization(self) -> None:
        """It exists, and nobody is a member of it."""
        Organization.objects.create(slug="default", name="Default")


class TestEnsureAccount:
    @pytest.fixture(autouse=True)
    def bare_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("SETUP_EMAIL", "SETUP_PASSWORD", "SETUP_EMAIL_FILE", "SETUP_PASSWORD_FILE"):
            monkeypatch.delenv(name, raising=False)

    def test_from_options_and_again(self, password: str) -> None:
        assert "is made" in run("ensure_account", "--email", "a@example.org", "--password", password)
        user = User.objects.get()
        assert user.is_superuser
        assert user.check_password(password)
        assert "already" in run("ensure_account", "--email", "b@example.org", "--password", password)
        assert User.objects.get() == user

    def test_from_the_environment(self, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
        monkeypatch.setenv("SETUP_EMAIL", "A@example.org")
        monkeypatch.setenv("SETUP_PASSWORD", password)
        run("ensure_account")
        assert User.objects.get().email == "a@example.org"

    def test_from_files(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, password: str) -> None:
        (tmp_path / "secret").write_text(f"{password}\n")
        monkeypatch.setenv("SETUP_EMAIL", "a@example.org")
        monkeypatch.setenv("SETUP_PASSWORD_FILE", str(tmp_path / "secret"))
        run("ensure_account")
        assert User.objects.get().check_password(password)

    def test_told_nothing_it_does_nothing(self) -> None:
        assert "/setup/" in run("ensure_account")
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--email", "a@example.org"], "SETUP_PASSWORD"),
            (["--password", "correct horse battery"], "SETUP_EMAIL"),
            (["--email", "nobody", "--password", "correct horse battery"], "email: .*name@example"),
            (["--email", "a@example.org", "--password", "short"], "password: .*too short"),
        ],
    )
    def test_what_is_wrong_is_said(self, arguments: list[str], words: str) -> None:
        with pytest.raises(CommandError, match=words):
            run("ensure_account", *arguments)
        assert not User.objects.exists()

    def test_a_file_that_cannot_be_read_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SETUP_EMAIL", "a@example.org")
        monkeypatch.setenv("SETUP_PASSWORD_FILE", "/nowhere/secret")
        with pytest.raises(CommandError, match="SETUP_PASSWORD_FILE=/nowhere/secret"):
            run("ensure_account")


@pytest.mark.slow
def test_a_failure_goes_to_stderr_with_exit_code_1(tmp_path: Path) -> None:
    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env={
                "PATH": "/usr/bin:/bin",
                "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
                "VAR_DIR": str(tmp_path),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert manage("migrate", "--verbosity", "0").returncode == 0
    failed = manage("create_api_key", "--user", "who@example.org")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "No account has the e-mail who@example.org" in failed.stderr
    assert "Traceback" not in failed.stderr
