"""Memory that a process keeps for as long as it lives."""

import gc


def keep_for_good() -> None:
    """Spare the garbage collector everything that is there now.

    Each full collection would look at it all again: 60 ms of whoever's request comes then.
    """
    gc.collect()
    gc.freeze()
