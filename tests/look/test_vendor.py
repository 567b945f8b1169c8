"""Files of other projects are the unchanged ones that their README names."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

FOLDERS = ["static/vendor", "tests/browser/vendor"]
LINE = re.compile(r"\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|")


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_script_has_the_checksum_of_its_line(folder: str) -> None:
    path = Path(settings.BASE_DIR) / folder
    written = dict(LINE.findall((path / "README.md").read_text()))
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.glob("*.js")}
    assert written == found
