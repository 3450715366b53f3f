"""A bar for work that takes longer than a second, on a terminal's stderr."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.progress import Progress


class Bar:
    """Shows how much is done; call it with what is done and of how many."""

    def __init__(self, what: str) -> None:
        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(what, total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)
