"""What real providers really sent, read in the browser from the first token to the last."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.e2e.site import Site, free_port
from tests.project_files import ROOT
from threads.render import render

SHARED = ROOT.parent / "shared"
REPLAY = SHARED / "tools" / "replay.py"
TRANSCRIPTS = SHARED / "transcripts"
# The recordings of chat completions with the most to read: text with sources, text after reasoning, plain text.
RECORDINGS = {
    "perplexity": (
        "perplexity/rubyllm__chat_citations_with_perplexity_sonar_returns_search_result_citations_when_streaming__0"
    ),
    "xai": "compat/xai/prism__stream-basic-text-responses-1",
    "openrouter": "openrouter/pydai__openrouter_stream_with_native_options__0",
}
WATCH = """() => {
  window.lengths = [];
  const look = () => window.lengths.push(document.querySelector('article.answer .blocks')?.textContent.length ?? 0);
  new MutationObserver(look).observe(document.getElementById('transcript'),
    { childList: true, subtree: true, characterData: true });
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not REPLAY.exists(), reason="the recordings of providers (../shared/transcripts) are not here"),
]


@pytest.fixture(scope="module")
def replayed(site: Site) -> Iterator[None]:
    """The recordings as models of the site, each named for its vendor; a piece of 2,000 bytes every 40 ms."""
    port = free_port()
    pace = ["--chunk", "2000", "--delay-ms", "40"]
    command = [sys.executable, str(REPLAY), str(TRANSCRIPTS), "--port", str(port), *pace]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        assert server.stdout.readline()  # it answers
        tables = ["[[provider]]", 'name = "recorded"', 'preset = "openai-compatible"']
        tables.append(f'base_url = "http://127.0.0.1:{port}/v1"')
        for name, file in RECORDINGS.items():
            deployment = f'{{ provider = "recorded", upstream = "{file.replace("/", ":")}" }}'
            tables.append(f'[[model]]\nname = "recorded-{name}"\ndeployments = [{deployment}]')
        site.load_registry("\n".join(tables))
        yield
        server.kill()


@pytest.mark.parametrize("name", RECORDINGS)
@pytest.mark.usefixtures("replayed")
def test_a_recorded_answer_is_read_from_first_token_to_last(name: str, chat: Chat) -> None:
    [sidecar] = TRANSCRIPTS.glob(f"{RECORDINGS[name]}.*.expected.json")
    expected = json.loads(sidecar.read_text("utf-8"))
    chat.page.reload()  # the models are new
    chat.page.evaluate(WATCH)
    chat.ready().ask(f"Replay {name}", f"recorded-{name}")
    chat.has_ended()
    lengths = chat.page.evaluate("window.lengths")
    assert len(set(lengths) - {0}) > 1  # it was on screen, and grew, long before its end
    whole = chat.as_written(render(expected["expected_text"]))
    assert chat.blocks() == whole
    sources = [link.get_attribute("href") for link in chat.answer.locator(".sources-list a").all()]
    assert sources == (expected.get("citations") or [])
    thoughts = expected.get("expected_reasoning") or ""
    assert (chat.answer.locator(".reasoning-text").text_content() or "") == thoughts
    chat.page.reload()
    assert chat.blocks() == whole
    expect(chat.answer.locator(".outcome")).to_have_count(0)
