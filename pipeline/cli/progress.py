"""A bar on a terminal's stderr for work that takes longer than a second; gone when the work ends.

The work itself knows no terminal: it calls a `Progress` with what is done and of how many.  A
bar that was never called shows that the work goes on.  rich is imported when the bar appears.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

from pipeline.cli.screen import is_terminal, wants_color

if TYPE_CHECKING:
    from pipeline.extraction import Progress

_PATIENCE = 1.0  # seconds of work before anything is shown


@contextmanager
def show_progress(what: str, *, quiet: bool, as_json: bool) -> Iterator[Progress | None]:
    """Give what the work is to call; None where nobody watches: a pipe, --quiet, --json."""
    if quiet or as_json or not is_terminal(sys.stderr):
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar
    finally:
        bar.end()


class _Bar:
    """Appears after a second, from a thread of its own, so that one long step shows too."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._done: tuple[int, int | None] = (0, None)
        self._bar: Any = None
        self._is_over = False
        self._lock = Lock()
        self._timer = Timer(_PATIENCE, self._begin)
        self._timer.daemon = True
        self._timer.start()

    def _begin(self) -> None:
        from rich.console import Console
        from rich.progress import Progress as RichProgress

        with self._lock:
            if self._is_over:
                return
            console = Console(file=sys.stderr, no_color=not wants_color(), highlight=False)
            self._bar = RichProgress(
                console=console, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            done, total = self._done
            self._bar.add_task(self._what, completed=done, total=total)
            self._bar.start()

    def __call__(self, done: int, total: int) -> None:
        with self._lock:
            self._done = (done, total)
            if self._bar:
                self._bar.update(self._bar.task_ids[0], completed=done, total=total)

    def end(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            if self._bar:
                self._bar.stop()
        self._timer.join()  # else the process might end while it imports rich
