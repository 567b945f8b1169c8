"""Make an environment for each client of `pins/`, apart from the project's own: `make clients` runs it."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PINS = Path(__file__).parent / "pins"
FOLDER = Path(__file__).parent.parent.parent / ".clients"
OLDEST_NODE = 20


def main() -> None:
    started = time.monotonic()
    wanted = [(pins.stem, pins, install_python) for pins in sorted(PINS.glob("*.txt"))]
    if why := lack_of_node():
        say(f"{why}, so the clients for Node are left out.")
    else:
        wanted.append(("node", PINS / "package-lock.json", install_node))
    missing = [name for name, lock, install in wanted if is_new(name, lock) and not make(name, lock, install)]
    if missing:
        sys.exit(
            f"\nNot installed: {', '.join(missing)}; the lines above say why. Is the network there? Then try again.\n"
            "What is there is used by: .venv/bin/pytest tests/clients\n"
        )
    say(f"The clients are there after {time.monotonic() - started:.0f} s")


def lack_of_node() -> str:
    """Why Node's clients cannot be used, in words; nothing where they can."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return "Node or npm is not there"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < OLDEST_NODE:
        return f"Node {OLDEST_NODE} or newer is needed and {node} says {version or 'nothing'}"
    return ""


def is_new(name: str, lock: Path) -> bool:
    stamp = FOLDER / name / "pinned"
    return not stamp.exists() or stamp.read_text() != lock.read_text()


def make(name: str, lock: Path, install: Callable[[Path, Path], None]) -> bool:
    """Whether it is there now. The stamp comes last, so that what broke off is made anew."""
    say(f"Installing {name}")
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        install(folder, lock)
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"{name} could not be installed: {error}")
        return False
    (folder / "pinned").write_text(lock.read_text())
    return True


def install_python(folder: Path, lock: Path) -> None:
    """With uv where the project's own environment has it, because it is many times quicker; else with pip."""
    locked = ["--quiet", "--require-hashes", "--requirement", str(lock)]
    python = str(folder / "bin" / "python")
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        run(sys.executable, "-m", "venv", "--without-pip", str(folder))
        run(uv, "pip", "install", "--python", python, *locked)
    else:
        run(sys.executable, "-m", "venv", str(folder))
        run(python, "-m", "pip", "install", "--disable-pip-version-check", *locked)


def install_node(folder: Path, lock: Path) -> None:
    for file in (lock, lock.with_name("package.json")):
        shutil.copy(file, folder)
    run("npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder))


def run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - our own words


def say(line: str) -> None:
    print(f"  {line}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
