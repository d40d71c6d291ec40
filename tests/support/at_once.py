"""Two requests at the same moment: both have read what they read, then both begin to write together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from flask import Flask

from tests.support.patience import PATIENCE_S
from tests.support.statements import before_writing

T = TypeVar("T")


class AtOnce:
    """Runs pairs of calls; each stops where its first writing transaction would begin, until the other is there."""

    def __init__(self) -> None:
        self.overlapped = 0
        self._threads = ThreadPoolExecutor(2)
        self._barrier = threading.Barrier(2)
        self._arrived = threading.local()

    def run(self, first: Callable[[], T], second: Callable[[], T]) -> tuple[T, T]:
        """Call both in threads of their own, and count the round if they met."""
        self._barrier = threading.Barrier(2)
        futures = [self._threads.submit(self._call, call) for call in (first, second)]
        results = futures[0].result(), futures[1].result()
        self.overlapped += not self._barrier.broken
        return results

    def _call(self, call: Callable[[], T]) -> T:
        self._arrived.here = False
        try:
            return call()
        finally:
            if not self._arrived.here:
                self._barrier.abort()  # The other one need not wait for a call that writes nothing.

    def meet(self) -> None:
        """Wait for the other; not again when the transaction is tried again."""
        if getattr(self._arrived, "here", True):
            return
        self._arrived.here = True
        try:
            self._barrier.wait(PATIENCE_S)
        except threading.BrokenBarrierError:
            return

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()


@contextmanager
def at_once(*apps: Flask) -> Iterator[AtOnce]:
    """Yield what runs pairs of requests to these apps at the same moment."""
    pairs = AtOnce()
    with ExitStack() as stack:
        for app in apps:
            stack.enter_context(before_writing(app, pairs.meet))
        try:
            yield pairs
        finally:
            pairs.close()
