"""Make an environment for each client of `pins/`, apart from the project's own: `make clients` runs it."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / ".clients"


def main() -> None:
    for pins in sorted((HERE / "pins").glob("*.txt")):
        make(FOLDER / pins.stem, pins.read_text(), ["install", "--quiet", "--requirement", str(pins)])
    package = HERE / "pins" / "package.json"
    if shutil.which("npm") is None:
        print("Without npm the clients for Node are left out.")  # noqa: T201
        return
    node = FOLDER / "node"
    node.mkdir(parents=True, exist_ok=True)
    if is_new(node, package.read_text()):
        shutil.copy(package, node)
        run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(node))
        note(node, package.read_text())


def make(folder: Path, pinned: str, install: list[str]) -> None:
    if not is_new(folder, pinned):
        return
    print(f"Installing {folder.name}")  # noqa: T201
    run(sys.executable, "-m", "venv", "--clear", str(folder))
    run(str(folder / "bin" / "python"), "-m", "pip", *install)
    note(folder, pinned)


def is_new(folder: Path, pinned: str) -> bool:
    stamp = folder / "pinned"
    return not stamp.exists() or stamp.read_text() != pinned


def note(folder: Path, pinned: str) -> None:
    (folder / "pinned").write_text(pinned)


def run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - our own words


if __name__ == "__main__":
    main()
