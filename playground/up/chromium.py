"""The browser of the tests: there, or installed from the system's packages, or a sentence that says what to install."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    if any(shutil.which(name) for name in NAMES) or (_install() and any(shutil.which(name) for name in NAMES)):
        return 0
    print(  # noqa: T201
        "\nThe tests drive a real browser, and there is no Chromium here. Install it, then run again:\n"
        "  Debian, Ubuntu:  sudo apt-get install chromium\n"
        "  Fedora:          sudo dnf install chromium\n"
        "  macOS:           brew install --cask google-chrome\n",
        file=sys.stderr,
    )
    return 1


def _install() -> bool:
    """As root, or as somebody who may become root without being asked."""
    apt = shutil.which("apt-get")
    sudo = shutil.which("sudo")
    if not apt or (os.geteuid() != 0 and not sudo):
        return False
    become = [] if os.geteuid() == 0 else [str(sudo), "-n"]
    print("  Installing Chromium from the system's packages", flush=True)  # noqa: T201
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*become, apt, "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]
    if subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode == 0:  # noqa: S603
        return True
    subprocess.run([*become, apt, "update", "--quiet"], env=quiet, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
    return subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode == 0  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
