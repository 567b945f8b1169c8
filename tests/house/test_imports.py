import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_stair_holds() -> None:
    program = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


def test_the_supervisor_and_the_gateway_load_no_django() -> None:
    code = "import playground.up.__main__, playground.gateway, sys; assert 'django.db' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)  # noqa: S603
