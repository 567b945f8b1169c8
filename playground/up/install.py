"""Make .venv and install one of the locked requirement files into it: `python3 playground/up/install.py FILE`.

Run by whatever Python the machine has, so it needs nothing but its standard library and stays readable for old ones.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")


def main(requirements: str) -> None:
    if sys.version_info < OLDEST:
        use_newer_python()
    path = BASE_DIR / requirements
    stamp = VENV / ".installed" / path.name
    mark = hashlib.sha256(path.read_bytes()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == mark:
        return
    started = time.monotonic()
    if not PYTHON.exists():
        make_venv()
    say(f"Installing the locked packages of {path.name}")
    install(path)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(mark)
    say(f"Installed in {time.monotonic() - started:.0f} s")


def use_newer_python() -> None:
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606
    fail("Python 3.11 or newer is needed; {} is {}.{}.".format(sys.executable, *sys.version_info[:2]))


def make_venv() -> None:
    if not os.access(BASE_DIR, os.W_OK):
        fail(f"{BASE_DIR} cannot be written. Make it writable, or clone into a folder that is.")
    say("Making .venv")
    try:
        run([sys.executable, "-m", "venv", str(VENV)])
    except subprocess.CalledProcessError:
        shutil.rmtree(str(VENV), ignore_errors=True)
        fail(
            "The virtual environment could not be made. If the lines above name ensurepip: your system keeps it in a "
            "package of its own, on Debian and Ubuntu: sudo apt-get install python3-venv"
        )
    except OSError as error:
        fail(f"{BASE_DIR} cannot be written: {error.strerror}")


def install(path: Path) -> None:
    """With uv if there is one or one can be had, because it is many times quicker; else with pip."""
    locked = ["--require-hashes", "--requirement", str(path)]
    uv = shutil.which("uv") or own_uv()
    if uv:
        try:
            # Compiled once: where no process may write bytecode, each of a dozen would compile it all at its start.
            return run([uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON), *locked])
        except subprocess.CalledProcessError:
            say("uv could not; trying pip")
    try:
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *locked])
    except subprocess.CalledProcessError:
        fail("The packages could not be installed; the lines above say why. Is the network there? Then try again.")


def own_uv() -> "str | None":
    """Pinned like every other package; not having it is no fault."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        pin = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(Path(__file__).with_name("uv.txt"))]
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pin]
        subprocess.run(pip, check=False, stderr=subprocess.DEVNULL)  # noqa: S603
    return str(uv) if uv.exists() else None


def run(command: "list[str]") -> None:
    subprocess.run(command, check=True)  # noqa: S603


def say(line: str) -> None:
    print("  " + line, flush=True)  # noqa: T201


def fail(reason: str) -> None:
    sys.exit("\n" + reason + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
