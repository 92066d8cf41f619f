"""What the chat page weighs: everything it loads, as it travels, with a browser's own wish for compression."""

import gzip
import re
from urllib.parse import urldefrag, urljoin

import aiohttp

from tests.bench.table import Measure, at_most
from tests.bench.world import World, client

SCRIPT, ALL = 40.0, 120.0  # KB, a thousand bytes each
_IN_PAGE = re.compile(r"""<(?:script|link|img|use)\b[^>]*?\b(?:src|href)="([^"]+)\"""")
_IN_SCRIPT = re.compile(r"""(?:^|[;\s])(?:import|export)\b[^;'"]*?["']([^"']+\.js)["']""")
_IN_STYLE = re.compile(r"""(?:url\(|@import\s+)["']?([^"')\s]+)""")
_LINKS = {"html": _IN_PAGE, "javascript": _IN_SCRIPT, "css": _IN_STYLE}


async def measure(world: World) -> list[Measure]:
    with world.site() as site:
        async with client() as http:
            sizes = await _load(http, f"{site.origin}/", world.cookies(0))
    script = sum(size for kind, size in sizes.values() if kind == "javascript")
    whole = sum(size for _, size in sizes.values())
    return [
        at_most("script of the chat page, as it travels", script / 1e3, SCRIPT, "KB", digits=1),
        at_most(f"everything ({len(sizes)} files)", whole / 1e3, ALL, "KB", digits=1),
    ]


async def _load(http: aiohttp.ClientSession, page: str, cookies: dict[str, str]) -> dict[str, tuple[str, int]]:
    """Address -> (kind, bytes of the body), for the page and whatever it leads to on this site."""
    found: dict[str, tuple[str, int]] = {}
    waiting = [page]
    while waiting:
        url = waiting.pop()
        if url in found:
            continue
        headers = cookies | {"Accept-Encoding": "gzip, deflate, br"}
        async with http.get(url, headers=headers, auto_decompress=False) as response:
            response.raise_for_status()
            body = await response.read()
            kind = next((kind for kind in _LINKS if kind in response.content_type), "other")
            packed = response.headers.get("Content-Encoding", "")
        found[url] = (kind, len(body))
        if kind in _LINKS:
            waiting += _links(kind, _unpacked(body, packed, url), url, page)
    return found


def _links(kind: str, text: str, url: str, page: str) -> list[str]:
    links = [urldefrag(urljoin(url, link)).url for link in _LINKS[kind].findall(text) if not link.startswith("data:")]
    return [link for link in links if link.startswith(page) and "/static/" in link]


def _unpacked(body: bytes, packed: str, url: str) -> str:
    if packed not in {"", "gzip"}:
        raise RuntimeError(f"{url} came as {packed}, which the benchmark cannot read.")
    return (gzip.decompress(body) if packed else body).decode()
