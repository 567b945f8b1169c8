"""Other people's clients, each in its own environment, do what coders do: that is what /v1 is for.

`make clients` installs them; who is not installed is skipped, and said so.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.api_keys import issue_key
from accounts.models import User
from playground.catalog.models import Model
from tests.fake_provider import FakeProvider
from tests.stack import Stack

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.usefixtures("ledger_is_true")]

HERE = Path(__file__).parent
CLIENTS = HERE.parent.parent / ".clients"
SECONDS = 400


@pytest.fixture
def environment(
    stack: Stack, alice: User, make_model: Callable[..., Model], fake_provider: FakeProvider, tmp_path: Path
) -> dict[str, str]:
    make_model(base_url=f"{fake_provider.base_url}/v1")
    make_model("vectors", is_embedding=True, name="demo-embedding", base_url=f"{fake_provider.base_url}/v1")
    secret = issue_key(alice, name="laptop", days=30)[1]
    names = {"SITE": stack.url, "KEY": secret, "MODEL": "quick", "EMBEDDING_MODEL": "vectors", "HOME": str(tmp_path)}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE / "scripts"), **names}


def installed(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.relative_to(CLIENTS).parts[0]} is not installed; `make clients` does it")
    return path


def run(environment: dict[str, str], program: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - a script of ours in an environment of ours
        [str(program), *arguments],
        env=environment,
        cwd=environment["HOME"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("name", ["openai", "anthropic", "llm", "litellm", "langchain", "pydantic-ai"])
def test_it_works_in_python(environment: dict[str, str], name: str) -> None:
    script = HERE / "scripts" / f"use_{name.replace('-', '_')}.py"
    run(environment, installed(CLIENTS / name / "bin" / "python"), str(script))


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_it_works_in_node(environment: dict[str, str], name: str) -> None:
    modules = installed(CLIENTS / "node" / "node_modules")
    node = shutil.which("node")
    assert node, "Node was there when its clients were installed"
    # Node looks for packages beside the script.
    script = Path(environment["HOME"]) / f"use_{name}.mjs"
    script.write_text((HERE / "scripts" / script.name).read_text())
    (script.parent / "node_modules").symlink_to(modules)
    run(environment, Path(node), str(script))


def test_no_request_of_the_document_is_a_fault(environment: dict[str, str]) -> None:
    """Hundreds of requests made from the document: none is answered with a 5xx or with a status it does not name."""
    run(
        environment,
        installed(CLIENTS / "schemathesis" / "bin" / "schemathesis"),
        *("run", f"{environment['SITE']}/v1/openapi.json", "--url", environment["SITE"]),
        *(
            "--checks",
            "not_a_server_error,status_code_conformance",
            "--max-examples",
            "25",
            "--seed",
            "1",
            "--no-color",
        ),
        *("--phases", "examples,coverage,fuzzing", "--request-timeout", "30", "--max-failures", "1"),
        *("--header", f"Authorization: Bearer {environment['KEY']}"),
    )
