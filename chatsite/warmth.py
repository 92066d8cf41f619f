"""Readiness of a process that serves: what the first request would otherwise wait for, and the garbage collector.

Called once, when everything is imported and before anybody asks.
"""

import gc

from threads import fragments

YOUNG, MIDDLE, OLD = 10_000, 20, 50


def warm() -> None:
    """Load the templates that travel alone; then let the collector forget what lives as long as the process.

    Each of its full rounds looks at every object: with a site's worth of modules that takes about 50 ms, in which no
    token moves. Frozen, they are looked at no more; and since most of what an answer makes is freed by counting
    references, rounds need not come as often as they do by default.
    """
    fragments.warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
