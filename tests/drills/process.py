"""A process of the site as the drills start it: `python -m tests.drills.process SABOTAGE|none -- COMMAND…`.

manage.py's command, with a safeguard taken out where that is asked; and on SIGUSR2 it writes down how many tasks its
event loop holds, in the file that DRILL_TASKS names. Part of the harness alone: nothing of the site knows it.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.drills.sabotage import SABOTAGES

NONE = "none"
TELL = signal.SIGUSR2
FILE = "DRILL_TASKS"


def _tell(_number: int, _frame: FrameType | None) -> None:
    """At once, in the loop's own thread. Renamed into place, so that nobody reads half a number."""
    file = Path(os.environ[FILE])
    unfinished = file.with_suffix(".new")
    unfinished.write_text(str(len(asyncio.all_tasks())), "ascii")
    unfinished.rename(file)


def main() -> None:
    name, _, *command = sys.argv[1:]
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatsite.settings"
    sys.argv = ["manage.py", *command]
    signal.signal(TELL, _tell)
    if name != NONE:
        import django

        django.setup()
        SABOTAGES[name]()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
