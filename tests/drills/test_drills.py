"""The drills themselves, in their short sizes: what they count must be right, and what they time of the right order.

One test, since one cluster of processes serves them all.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.drills.storage import CANNOT
from tests.project_files import ROOT

# Each with what shows that its fault has struck at all.
SELECTED = {"kill": "pause", "zombie": "pause", "redis": "delay meanwhile", "stop": "closed"}
SLACK = 10  # a busy machine is slow; without a safeguard it takes far longer, or never ends


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.skipif(sys.platform != "linux", reason="drills look at processes through /proc")
def test_the_drills_hold(tmp_path: Path) -> None:
    told = tmp_path / "drills.json"
    command = [sys.executable, "-m", "tests.drills", *SELECTED, "--short", "--json", str(told), "--logs", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == CANNOT:
        pytest.skip(done.stderr.strip())
    print(done.stdout, done.stderr)
    lines = {line["drill"]: line for line in json.loads(told.read_text("utf-8"))}
    wrong = {name: list(_wrong(lines[name], figure)) for name, figure in SELECTED.items()}
    assert not any(wrong.values()), wrong


def _wrong(line: dict[str, Any], struck: str) -> Iterator[str]:
    yield from line["faults"]
    if not line["finished"] == line["answers"] > 0:
        yield f"{line['finished']} of {line['answers']} finished"
    if not line["figures"][struck]:
        yield "the fault has not struck"
    for bar in line["bars"]:
        if bar["value"] is None or bar["value"] > SLACK * bar["limit"]:
            yield f"{bar['name']}: {bar['value']}, where at most {bar['limit']} is promised"
