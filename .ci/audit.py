"""Are the pinned versions known to be unsafe? Asks the advisory service; says so where it cannot be reached."""

import json
import subprocess
import sys
from pathlib import Path

_SECONDS = 120


def main() -> int:
    program = str(Path(sys.executable).with_name("pip-audit"))
    command = [program, "--requirement", "requirements.txt", "--require-hashes", "--disable-pip", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        rows = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        rows = []
    skipped = [row["name"] for row in rows if "vulns" not in row]
    if len(skipped) == len(rows):
        print(  # noqa: T201
            "NOTICE: the advisory service could not be reached, so only our own floors were checked "
            "(tests/house/test_versions.py). Run `make check` where it can be."
        )
        return 0
    faults = [(row["name"], row["version"], fault["id"]) for row in rows for fault in row.get("vulns", ())]
    for name, version, fault in faults:
        print(f"{name} {version}: {fault}")  # noqa: T201
    if skipped:
        print(f"NOTICE: the advisory service could not judge {', '.join(skipped)}.")  # noqa: T201
    print(f"{len(rows) - len(skipped)} pinned packages asked for, {len(faults)} known faults")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
