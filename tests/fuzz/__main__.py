"""The coverage-guided fuzzer: `python tests/fuzz TARGET [-runs=N …]`, options as libFuzzer's.

`make fuzz` runs all targets.  New inputs that reach new code go to .fuzz/TARGET, a crash to the
file that libFuzzer names.  It needs atheris (tests/fuzz.lock), which is no dependency of the tests.
"""

import sys
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

with atheris.instrument_imports(include=["pipeline"]):
    from tests.fuzz.targets import TARGETS, call


def main() -> None:
    """Fuzz one target, from the committed corpus on."""
    name, *options = sys.argv[1:]
    if name not in TARGETS:
        sys.exit(f"no such target: {name}; known are {', '.join(TARGETS)}")
    found = HERE.parent.parent / ".fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    corpus = HERE / "corpus" / name
    arguments = [sys.argv[0], f"-dict={HERE / 'words.dict'}", "-timeout=5", "-rss_limit_mb=2048",
                 *options, str(found), str(corpus)]  # fmt: skip
    atheris.Setup(arguments, lambda data: call(name, data))
    atheris.Fuzz()


main()
