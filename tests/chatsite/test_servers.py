"""The servers that production and development run on: uvicorn as `manage.py serve` starts it, and Daphne.

Both answer over the WebSocket, and finish what another process left. How they end is in `test_shutdown`.
"""

import json
import re
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.chatsite.servers import PATIENCE, SERVERS, Command, Site, ask, hear, uvicorn
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.slow
STATE = "select state, takeovers from threads_generation"
TEXT = "select text from threads_message where role = 'assistant'"


@pytest.fixture
def site(tmp_path: Path, simulator: RunningSimulator) -> Site:
    return Site(tmp_path, simulator)


@SERVERS
async def test_a_question_is_answered_over_the_websocket(
    site: Site, server: Command, simulator: RunningSimulator
) -> None:
    with site.running(server) as running:
        running.wait()
        async with running.socket(site.cookie) as line:
            assert (await hear(line, "hello"))["version"] == 1
            await ask(line, "quick")
            assert (await hear(line, "end"))["state"] == "completed"
            size = 1024 * 1024  # both hang up on more
            await line.send(json.dumps({"type": "send", "id": "2", "text": ""}).replace('""', f'"{"x" * (size - 48)}"'))
            refused = (await hear(line, "error"))["error"]["type"]
            assert refused == "message_too_long"
            await line.send('{"type": "ping"}')
            await hear(line, "pong")
        with pytest.raises(InvalidStatus) as not_let_in:
            await running.socket(site.cookie, origin="http://evil.example").__aenter__()
        assert not_let_in.value.response.status_code == 403
        async with running.socket("") as line:
            with pytest.raises(ConnectionClosed) as closed:
                await line.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
    assert site.row(TEXT)[0] == simulator.record()[0]["text"]


@SERVERS
async def test_what_a_killed_process_left_is_finished_before_any_request(site: Site, server: Command) -> None:
    with site.running(uvicorn) as first:
        first.wait()
        async with first.socket(site.cookie) as line:
            await ask(line, "long")
            await hear(line, "patch")
            first.process.kill()
            first.process.wait(PATIENCE)
    assert site.row(STATE) == ("running", 0)
    with site.running(server):  # nobody asks it for anything
        site.until(STATE, lambda row: row[0] != "running")
    assert site.row(STATE) == ("completed", 1)
    assert len(re.findall(r"\S+", site.row(TEXT)[0])) > 100
