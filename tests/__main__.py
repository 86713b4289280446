"""Run every check of the project: `python -m tests`, or some of them: `python -m tests lint types`."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

PYTEST = (sys.executable, "-m", "pytest", "-q")
# The slow suites come last, so that a plain mistake shows at once.
CHECKS = {
    "lint": ([sys.executable, "-m", "ruff", "check", "."], [sys.executable, "-m", "ruff", "format", "--check", "."]),
    "types": ([sys.executable, "-m", "mypy"],),
    "imports": ([sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],),
    "docs": ([sys.executable, "docs/generate.py", "--check"],),
    "tests": (
        [*PYTEST, "-n", "auto", "-m", "not slow and not cluster", "--ignore=tests/browser"],
        # A browser is led from a loop of events, beside which no other runs: its tests have processes of their own.
        [*PYTEST, "-n", "auto", "-m", "not slow", "tests/browser"],
        [*PYTEST, "-m", "slow", "--ignore=tests/browser"],
        [*PYTEST, "-m", "slow", "tests/browser"],
    ),
}


def main(wanted: list[str]) -> int:
    """Run the checks of these names (none: all); return 0 if all pass."""
    unknown = [name for name in wanted if name not in CHECKS]
    if unknown:
        sys.stderr.write(f"There is no check {', '.join(unknown)}; there are: {', '.join(CHECKS)}.\n")
        return 2
    failed = []
    for name in wanted or CHECKS:
        for command in CHECKS[name]:
            start = perf_counter()
            sys.stderr.write(f"== {name}: {' '.join(command[1:])}\n")
            sys.stderr.flush()
            status = subprocess.run(command, check=False).returncode
            sys.stderr.write(
                f"== {name}: {'passed' if status == 0 else f'failed ({status})'} in {perf_counter() - start:.0f} s\n"
            )
            if status != 0:
                failed.append(name)
    if failed:
        sys.stderr.write(f"Failed: {', '.join(dict.fromkeys(failed))}.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
