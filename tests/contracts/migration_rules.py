"""What a new migration may not do without saying why: judged by squawk, a linter that parses PostgreSQL's SQL."""

import json
import re
import subprocess
import sys
from pathlib import Path

SQUAWK = Path(sys.executable).parent / "squawk"
OURS = {
    "require-lock-timeout": "the runner sets it",
    "require-statement-timeout": "the runner sets it",
    "prefer-bigint-over-int": "counts of small things are integers",
}
IGNORE = re.compile(r"^\s*--\s*squawk-ignore\b")
WORDS_OF_A_REASON = 4


def problems(migration: Path) -> list[str]:
    """Each thing that the running release may not survive, or that is allowed without a reason; as a sentence."""
    command = [str(SQUAWK), "--reporter", "json", "--pg-version", "18", "--assume-in-transaction"]
    done = subprocess.run(
        [*command, "--exclude", ",".join(OURS), str(migration)], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout.startswith("["), f"squawk did not answer: {done.stderr[:500]}"
    found = [f"line {one['line'] + 1}: {one['rule_name']}: {one['message']}" for one in json.loads(done.stdout)]
    return found + _without_reason(migration.read_text().splitlines())


def _without_reason(lines: list[str]) -> list[str]:
    """What squawk is told to let pass needs a comment right above that says why."""
    return [
        f"line {number}: squawk-ignore without a reason in the line above"
        for number, (above, line) in enumerate(zip(["", *lines], lines, strict=False), start=1)
        if IGNORE.match(line) and not _is_reason(above)
    ]


def _is_reason(line: str) -> bool:
    text = line.strip()
    return text.startswith("--") and not IGNORE.match(line) and len(text.split()) > WORDS_OF_A_REASON
