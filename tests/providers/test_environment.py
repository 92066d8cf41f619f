"""What a start registers by itself, against a real server where Ollama is meant. Staff's work is never undone."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from providers import environment, queries
from providers.discovery import ollama_url
from providers.dispatch.router import choose
from providers.models import Deployment, Model, Provider
from providers.registry import endpoint_for
from providers.seeds import SEEDS

pytestmark = pytest.mark.django_db
NOWHERE = "127.0.0.1:1"  # nothing listens there


def register(**environ: str) -> list[str]:
    return environment.register_from_environment({"OLLAMA_HOST": NOWHERE, **environ})


def about(name: str, notes: list[str]) -> list[str]:
    return [note for note in notes if name in note]


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """`serve(body)`: the address of a server that answers /api/tags with `body` as JSON, or raw where it is bytes."""
    servers: list[ThreadingHTTPServer] = []

    def start(body: Any) -> str:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()

        class Tags(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/api/tags" else 404)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Tags)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def tags(*names: str) -> dict[str, Any]:
    return {"models": [{"name": name, "details": {"family": name.split(":")[0]}} for name in names]}


@pytest.mark.parametrize(
    ("variable", "name", "auth", "url"),
    [
        ("OPENAI_API_KEY", "openai", "bearer", "https://api.openai.com/v1"),
        ("PERPLEXITY_API_KEY", "perplexity", "bearer", "https://api.perplexity.ai/v1"),
        ("OPENROUTER_API_KEY", "openrouter", "bearer", "https://openrouter.ai/api/v1"),
        ("GEMINI_API_KEY", "gemini", "x-goog-api-key", "https://generativelanguage.googleapis.com/v1beta"),
        ("ANTHROPIC_API_KEY", "anthropic", "x-api-key", "https://api.anthropic.com/v1"),
    ],
)
def test_a_key_registers_its_vendor_with_models(variable: str, name: str, auth: str, url: str) -> None:
    notes = register(**{variable: "sk-secret"})
    row = Provider.objects.exclude(preset="ollama").get()
    endpoint = endpoint_for(row)
    assert (row.name, row.adapter, row.key_source) == (name, "", f"env:{variable}")
    assert (endpoint.base_url, endpoint.api_key, endpoint.auth) == (url, "sk-secret", auth)
    assert {d.upstream for d in Deployment.objects.all()} == {seed.upstream for seed in SEEDS[name]}
    row.full_clean()
    for model in Model.objects.all():
        model.full_clean()
    assert choose("hello", "auto", queries.catalogue()).model.name == (SEEDS[name][0].name or SEEDS[name][0].upstream)
    assert "sk-secret" not in "".join(notes)


def test_registering_twice_changes_nothing() -> None:
    register(OPENAI_API_KEY="sk-1", OPENROUTER_API_KEY="sk-2")
    before = [list(Provider.objects.values()), list(Model.objects.values()), list(Deployment.objects.values())]
    assert about("registered", register(OPENAI_API_KEY="sk-1", OPENROUTER_API_KEY="sk-2")) == []
    assert [list(Provider.objects.values()), list(Model.objects.values()), list(Deployment.objects.values())] == before


def test_a_retired_model_is_told_at_each_start() -> None:
    register(OPENAI_API_KEY="sk-1")
    Deployment.objects.filter(model__name="gpt-6-astra").update(upstream="o1")
    told = ["model gpt-6-astra at openai: o1 was retired on 2026-10-23; use gpt-6.1-sol."]
    assert about("retired", register(OPENAI_API_KEY="sk-1")) == told
    Model.objects.filter(name="gpt-6-astra").update(enabled=False)
    assert about("retired", register(OPENAI_API_KEY="sk-1")) == []


def test_what_staff_changed_stays() -> None:
    register(OPENAI_API_KEY="sk-1")
    Provider.objects.update(enabled=False, max_concurrency=3)
    Model.objects.get(name="gpt-6-luna").delete()
    Model.objects.filter(name="gpt-6-astra").update(label="Ours", enabled=False)
    register(OPENAI_API_KEY="sk-1")
    assert not Model.objects.filter(name="gpt-6-luna").exists()
    assert Model.objects.get(name="gpt-6-astra").label == "Ours"
    assert Provider.objects.get(preset="openai").max_concurrency == 3


def test_a_renamed_provider_is_not_registered_again() -> None:
    register(OPENAI_API_KEY="sk-1")
    Provider.objects.filter(name="openai").update(name="our-openai")
    register(OPENAI_API_KEY="sk-1")
    assert Provider.objects.filter(preset="openai").count() == 1


def test_a_key_from_the_environment_follows_it(tmp_path: Path) -> None:
    register(OPENAI_API_KEY="sk-1")
    assert about("OPENAI", register(OPENAI_API_KEY="sk-2")) == ["provider openai: key taken from OPENAI_API_KEY anew"]
    assert Provider.objects.get(name="openai").api_key == "sk-2"
    register()
    assert Provider.objects.get(name="openai").api_key == "sk-2"
    (tmp_path / "key").write_text("sk-3\n")
    register(OPENAI_API_KEY_FILE=str(tmp_path / "key"))
    assert Provider.objects.get(name="openai").api_key == "sk-3"


def test_a_key_that_staff_entered_does_not() -> None:
    register(OPENAI_API_KEY="sk-1")
    row = Provider.objects.get(name="openai")
    row.set_api_key("sk-staff")
    row.save()
    register(OPENAI_API_KEY="sk-2")
    assert Provider.objects.get(name="openai").api_key == "sk-staff"


def test_a_key_that_cannot_be_opened_is_taken_anew(settings: Settings) -> None:
    register(OPENAI_API_KEY="sk-1")
    settings.FIELD_ENCRYPTION_KEYS = ["quite another passphrase"]
    register(OPENAI_API_KEY="sk-1")
    assert Provider.objects.get(name="openai").api_key == "sk-1"


def test_a_broken_key_is_told_and_not_stored() -> None:
    assert "OPENAI_API_KEY cannot be used" in "".join(register(OPENAI_API_KEY="sk-1\nx"))
    register(OPENAI_API_KEY="sk-1")
    assert "OPENAI_API_KEY cannot be used" in "".join(register(OPENAI_API_KEY="sk 2"))
    assert Provider.objects.get(name="openai").api_key == "sk-1"


def test_a_taken_name_is_left_alone() -> None:
    Provider.objects.create(name="openai", preset="openai-compatible", base_url="http://127.0.0.1:9/v1")
    assert "another provider is called openai" in "".join(register(OPENAI_API_KEY="sk-1"))
    assert Provider.objects.get(name="openai").preset == "openai-compatible"


def test_an_ollama_is_registered_with_what_is_installed(serve: Callable[[Any], str]) -> None:
    host = serve(tags("qwen3:8b", "gemma4:latest", "nomic-bert:latest", "embeddinggemma:300m"))
    register(OLLAMA_HOST=host)
    row = Provider.objects.get()
    assert (row.name, endpoint_for(row).base_url, endpoint_for(row).auth) == ("ollama", f"http://{host}", "none")
    assert set(Model.objects.values_list("name", flat=True)) == {"qwen3:8b", "gemma4:latest"}
    assert set(Deployment.objects.values_list("keep_alive", flat=True)) == {"10s"}


def test_a_model_pulled_later_is_added(serve: Callable[[Any], str]) -> None:
    host = serve({"models": []})
    register(OLLAMA_HOST=host)
    Provider.objects.update(base_url=f"http://{(later := serve(tags('qwen3:8b')))}")
    assert about("qwen3", register(OLLAMA_HOST=later)) == ["model qwen3:8b registered at ollama"]
    assert about("qwen3", register(OLLAMA_HOST=later)) == []


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"models": [{}]}', b'{"models": 3}', b"\xff"])
def test_something_else_at_its_port_is_no_ollama(serve: Callable[[Any], str], body: bytes) -> None:
    notes = register(OLLAMA_HOST=serve(body))
    assert "does not answer" in "".join(notes)
    assert not Model.objects.exists()


def test_a_silent_ollama_is_registered_where_it_was_asked_for() -> None:
    assert "does not answer; its models are added at the next start" in "".join(register())
    assert Provider.objects.get().base_url == f"http://{NOWHERE}"


def test_an_ollama_inside_needs_to_be_allowed(settings: Settings, serve: Callable[[Any], str]) -> None:
    host = serve(tags("qwen3:8b"))
    settings.PRIVATE_PROVIDER_HOSTS = []
    assert "PRIVATE_PROVIDER_HOSTS" in "".join(register(OLLAMA_HOST=host))
    assert not Provider.objects.exists()


def test_a_moved_ollama_is_told_and_not_changed(serve: Callable[[Any], str]) -> None:
    register()
    assert "change it in the admin" in "".join(register(OLLAMA_HOST=serve(tags("qwen3:8b"))))
    assert Provider.objects.get().base_url == f"http://{NOWHERE}"
    assert not Model.objects.exists()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("gpu-2", "http://gpu-2:11434"),
        ("gpu-2:8000", "http://gpu-2:8000"),
        (":8000", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104
        ("0.0.0.0:8000", "http://127.0.0.1:8000"),
        ("http://gpu-2", "http://gpu-2:80"),
        ("https://ollama.example.com/", "https://ollama.example.com:443"),
        ("https://example.com/ollama", "https://example.com:443/ollama"),
        ("::1", "http://[::1]:11434"),
        ("[::]:8000", "http://[::1]:8000"),
    ],
)
def test_what_ollama_host_means(host: str, url: str) -> None:
    assert ollama_url(host) == url


@pytest.mark.parametrize("host", ["ftp://gpu-2", "gpu-2:port", "gpu-2:99999"])
def test_an_ollama_host_that_cannot_be_read_is_told(host: str) -> None:
    assert "".join(register(OLLAMA_HOST=host)).startswith("ollama: ")
    assert not Provider.objects.exists()


def test_the_simulator_is_registered_and_follows_its_port() -> None:
    assert "provider simulator registered" in environment.register_simulator("http://127.0.0.1:8900")
    assert environment.register_simulator("http://127.0.0.1:8900") == []
    row = Provider.objects.get()
    row.full_clean()
    assert endpoint_for(row).base_url == "http://127.0.0.1:8900/v1"
    choice = choose("hello", "auto", queries.catalogue())
    assert (choice.model.name, choice.deployments[0].upstream) == ("demo", "sim")
    assert environment.register_simulator("http://127.0.0.1:8901/") == [
        "provider simulator: now at http://127.0.0.1:8901"
    ]


def test_a_real_provider_comes_before_the_simulator() -> None:
    environment.register_simulator("http://127.0.0.1:8900")
    register(OPENAI_API_KEY="sk-1")
    assert choose("hello", "auto", queries.catalogue()).model.name == "gpt-6-luna"


def test_the_simulator_has_a_proper_address() -> None:
    with pytest.raises(ValidationError, match="begins with http"):
        environment.register_simulator("127.0.0.1:8900")
