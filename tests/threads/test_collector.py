"""The garbage collector leaves a process alone that works for days."""

import os
import signal
import subprocess
import sys

import pytest

from tests.threads.generation.worker_process import ROOT, database_url

CODE = """
import atexit, gc, sys
from manage import main
atexit.register(lambda: print("frozen:", gc.get_freeze_count(), "threshold:", gc.get_threshold()[0]))
sys.argv = ["manage.py", "run_worker"]
main()
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_s_modules_are_not_walked_through_again_and_again() -> None:
    environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": ""}
    command = [sys.executable, "-c", CODE]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.endswith(" is ready\n"))
        process.send_signal(signal.SIGTERM)
        [told] = [line.split() for line in process.stdout if line.startswith("frozen:")]
    assert int(told[1]) > 50_000
    assert int(told[3]) >= 10_000
