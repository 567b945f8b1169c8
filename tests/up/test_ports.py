import os
import socket
from collections.abc import Iterator

import pytest

from playground.up.ports import owner_of, require_free
from playground.up.problems import Problem


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_said_with_who_has_it(taken: int) -> None:
    with pytest.raises(Problem, match=rf"Port {taken} is taken by process {os.getpid()} .*PORT=8001 make up"):
        require_free(taken, host="127.0.0.1", advice="Choose another one: PORT=8001 make up")


def test_a_free_port_has_no_owner(taken: int) -> None:
    assert owner_of(taken)
    assert owner_of(1) == ""
