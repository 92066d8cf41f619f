"""The admin's test of a connection: written while the call runs, told in words, and nothing leaks."""

import re
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler
from django.test import AsyncClient, Client
from pytest_django import Settings

from accounts.models import User
from providers import probe as probing
from providers.models import Deployment, Model, Offering, Provider
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10  # seconds
KEY = "sk-very-secret-0123456789"


@pytest.fixture
def acme(simulator: RunningSimulator) -> Provider:
    row = Provider(name="acme", preset="openai-compatible", base_url=simulator.url)
    row.set_api_key(KEY)
    row.save()
    return row


@pytest.fixture
def boss(staff_user: User) -> User:
    User.objects.filter(pk=staff_user.pk).update(is_superuser=True)
    return User.objects.get(pk=staff_user.pk)


async def asked(boss: User, row: Provider, **values: str) -> list[str]:
    """The pieces of the answer, as they came."""
    client = AsyncClient()
    await client.aforce_login(boss)
    response: Any = await client.post(f"/admin/providers/provider/{row.pk}/test/", values)
    assert response.status_code == 200
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    if not response.streaming:
        return [response.content.decode()]
    pieces = [piece.decode() async for piece in response.streaming_content]
    assert KEY not in "".join(pieces)
    return pieces


async def test_the_first_token_is_shown_with_its_time(boss: User, acme: Provider) -> None:
    pieces = await asked(boss, acme, upstream="sim:ttft=50ms,tokens=50000")
    assert "<progress" in pieces[0]
    assert pieces[1].startswith("<li>Asking <b>sim:ttft=50ms,tokens=50000</b> at http://127.0.0.1:")
    assert re.search(r"<li>It took the question after \d+\.\d\d s</li>", "".join(pieces))
    assert re.search(r'<li class="good end">First token after \d+\.\d\d s: <q>.+</q></li>', pieces[-2])
    assert pieces[-1].endswith("</html>\n")
    assert not re.findall(r"<script(?![^>]*\b(?:src|type=\"application/json\"))|\sstyle=\"|<style", "".join(pieces))


@pytest.mark.parametrize(
    ("upstream", "words"),
    [
        ("sim:fault=401", "acme does not accept the API key. Check the key of this provider."),
        ("nobody", "nobody"),
        ("<i>nobody</i>", "&lt;i&gt;nobody"),
        (" ", "Use one line of visible characters."),
        ("a\nb", "Use one line of visible characters."),
        ("m" * 201, "Use at most 200 characters."),
    ],
)
async def test_the_reason_is_told(boss: User, acme: Provider, upstream: str, words: str) -> None:
    text = "".join(await asked(boss, acme, upstream=upstream))
    assert 'class="bad end"' in text
    assert words in text
    assert "<i>" not in text


async def test_waiting_is_shown(boss: User, acme: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "TICK", 0.02)
    pieces = await asked(boss, acme, upstream="sim:ttft=300ms")
    assert sum('class="wait"' in piece for piece in pieces) >= 2
    assert 'class="good end"' in pieces[-2]


async def test_a_provider_that_cannot_be_called_is_told(boss: User, acme: Provider, settings: Settings) -> None:
    settings.PRIVATE_PROVIDER_HOSTS = []
    assert "PRIVATE_PROVIDER_HOSTS" in "".join(await asked(boss, acme, upstream="sim"))
    settings.FIELD_ENCRYPTION_KEYS = ["another key than the one that sealed"]
    assert "FIELD_ENCRYPTION_KEYS does not contain" in "".join(await asked(boss, acme, upstream="sim"))
    await Provider.objects.filter(pk=acme.pk).aupdate(preset="gone")
    assert "no preset is called gone" in "".join(await asked(boss, acme, upstream="sim"))


async def test_a_model_without_streaming_is_tested_so(boss: User, acme: Provider, simulator: RunningSimulator) -> None:
    model = await Model.objects.acreate(name="m", streaming=False)
    await Deployment.objects.acreate(model=model, provider=acme, upstream="sim-instant")
    await asked(boss, acme, upstream="sim-instant")
    assert [entry["stream"] for entry in simulator.record()] == [False]


async def test_who_closes_the_page_hangs_up(boss: User, acme: Provider, simulator: RunningSimulator) -> None:
    client, body = AsyncClient(), b"upstream=sim%3Afault%3Dsilent"
    await client.aforce_login(boss)
    session, token = client.cookies["sessionid"].value, "t" * 32
    page = f"/admin/providers/provider/{acme.pk}/test/"
    headers = {
        "host": "localhost",
        "cookie": f"sessionid={session}; csrftoken={token}",
        "x-csrftoken": token,
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(body)),
    }
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": page, "query_string": b""}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    visit = ApplicationCommunicator(ASGIHandler(), scope)
    await visit.send_input({"type": "http.request", "body": body})
    assert (await visit.receive_output(PATIENCE))["status"] == 200
    assert b"<progress" in (await visit.receive_output(PATIENCE))["body"]
    await simulator.until(bool)
    await visit.send_input({"type": "http.disconnect"})
    await simulator.until(lambda requests: bool(requests[0]["disconnected_at"]))
    await visit.wait(PATIENCE)


def test_the_form_knows_what_there_is(client: Client, boss: User, acme: Provider) -> None:
    client.force_login(boss)
    model = Model.objects.create(name="fast")
    Deployment.objects.create(model=model, provider=acme, upstream="sim-fast")
    page = f"/admin/providers/provider/{acme.pk}/test/"
    text = client.get(page).content.decode()
    assert 'value="sim-fast"' in text
    assert "Not read yet" in text
    assert "<progress" not in text
    Offering.objects.create(provider=acme, upstream="listed", seen_at=acme.created)
    text = client.get(f"{page}?upstream=%3Cother%3E").content.decode()
    assert 'value="&lt;other&gt;"' in text
    assert '<option value="listed">' in text
    assert page in client.get(f"/admin/providers/provider/{acme.pk}/change/").content.decode()
    link = f"{page}?upstream=sim-fast"
    assert link in client.get(f"/admin/providers/model/{model.pk}/change/").content.decode()


@pytest.mark.parametrize("door", ["test", "sync"])
async def test_others_may_not(
    user: User, staff_user: User, acme: Provider, simulator: RunningSimulator, door: str
) -> None:
    page = f"/admin/providers/provider/{acme.pk}/{door}/"
    for person, status in ((user, 302), (staff_user, 403)):
        client = AsyncClient()
        await client.aforce_login(person)
        assert (await client.post(page, {"upstream": "sim"})).status_code == status
    assert simulator.record() == []


async def test_a_foreign_page_cannot_ask(boss: User, acme: Provider, simulator: RunningSimulator) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    await client.aforce_login(boss)
    for door in ("test", "sync"):
        response = await client.post(f"/admin/providers/provider/{acme.pk}/{door}/", {"upstream": "sim"})
        assert response.status_code == 403
    assert simulator.record() == []


def test_reading_the_list_leads_to_it(client: Client, boss: User, acme: Provider) -> None:
    client.force_login(boss)
    page = f"/admin/providers/provider/{acme.pk}/sync/"
    assert client.get(page).status_code == 405
    response = client.post(page, follow=True)
    text = response.content.decode()
    assert "Provider acme: offers" in text
    assert "sim-instant" in text
    assert acme.offerings.filter(upstream="sim").exists()


def test_no_such_provider(client: Client, boss: User) -> None:
    client.force_login(boss)
    assert client.get("/admin/providers/provider/00000000-0000-0000-0000-000000000000/test/").status_code == 404
