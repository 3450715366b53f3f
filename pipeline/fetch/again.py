"""Further attempts, after one that failed and may succeed in a moment.

Few visits need them, so tenacity is imported with this module and not with the client: it takes
as long as all the rest of a visit that finds nothing new.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import tenacity

from pipeline.fetch.errors import Transient

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds between attempts, with jitter

_Got = TypeVar("_Got")


def ask_again(first: Transient, ask: Callable[[], _Got], attempts: int, end: float) -> _Got:
    """Return what `ask` gives after the failure `first`, which counts as one of the attempts.

    Raises the last Transient if none succeeds, or if the next would begin after `end`, a time of
    the monotonic clock.
    """
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Transient),
        stop=tenacity.stop_any(
            tenacity.stop_after_attempt(attempts),
            tenacity.stop_before_delay(max(end - time.monotonic(), 0)),
        ),
        wait=_wait,
        reraise=True,
    )
    for attempt in retrying:
        with attempt:
            if attempt.retry_state.attempt_number == 1:
                raise first
            return ask()
    raise first  # never: the loop ends by an answer or an error


def _wait(state: tenacity.RetryCallState) -> float:
    """Return the seconds before the next attempt: the server's wish, or a growing pause."""
    error = state.outcome.exception() if state.outcome else None
    wish = error.retry_after if isinstance(error, Transient) else None
    pause = tenacity.wait_exponential_jitter(
        multiplier=_FIRST_PAUSE, max=_LONGEST_PAUSE, jitter=_FIRST_PAUSE
    )
    return max(wish or 0.0, pause(state))
