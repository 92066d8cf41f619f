"""What a test reads on staff's pages: parts of their HTML, as words."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from django.test import AsyncClient

from accounts.models import User
from tests.metrics.made import answer
from threads import database
from threads.models import Generation

PAGE = "/metrics/dashboard/"
PART = {"HX-Request": "true"}


async def made(user: User, ago: timedelta = timedelta(minutes=5), *calls: dict[str, Any], **columns: Any) -> Generation:
    return await database.write(answer, user, datetime.now(UTC) - ago, calls, **columns)


async def shown(client: AsyncClient, query: str = "", status: int = 200, **headers: str) -> str:
    response = await client.get(PAGE + query, headers=headers)
    assert response.status_code == status
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def section(html: str, name: str) -> str:
    [found] = re.findall(rf'<section[^>]*aria-labelledby="{name}".*?</section>', html, re.DOTALL)
    return str(found)


def tile(html: str, label: str) -> str:
    [found] = re.findall(rf'<li class="tile" data-key="{label}".*?</li>', html, re.DOTALL)
    return words(found)


def names(html: str, table: str) -> list[str]:
    """The rows of the table of providers or models, in their order."""
    return re.findall(r'<tr data-key="([^"]+)">', section(html, table))
