"""Python's collector of cycles rests while a page is read, and is left as it was."""

import gc

import pytest

from pipeline.flow import build_rows, judge_capture
from tests.records.mutations import WHOLE
from tests.records.outcomes import capture, spec


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch, enabled: bool) -> None:
    seen = []
    monkeypatch.setattr("pipeline.flow.judge", lambda *_: seen.append(gc.isenabled()))
    (gc.enable if enabled else gc.disable)()
    try:
        judged = judge_capture(capture(WHOLE.encode(), "text/plain"), spec())
        assert build_rows(judged, spec())["cells"]
        assert (seen, gc.isenabled()) == ([False], enabled)
    finally:
        gc.enable()
