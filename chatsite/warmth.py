"""Readiness of a process that serves: what the first request would otherwise wait for, and the garbage collector.

Called once, when everything is imported and before anybody asks.
"""

from threads import collector, fragments


def warm() -> None:
    fragments.warm()
    collector.settle()
