"""Python's garbage collector in a process that serves or works for days."""

import gc

YOUNG, MIDDLE, OLD = 10_000, 20, 50


def settle() -> None:
    """Have it forget what lives as long as the process. To be called once, when everything is imported.

    Each of its full rounds looks at every object: with a site's worth of modules that takes 50 to 100 ms, in which no
    token moves. Frozen, they are looked at no more; and since most of what an answer makes is freed by counting
    references, rounds need not come as often as they do by default.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
