"""The machine's own list of TCP connections."""

from pathlib import Path

ESTABLISHED = "01"


def connections_at(port: int) -> list[str]:
    """Who is connected to the server at `port`: the addresses of the other side."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [peer for _, ours, peer, state, *_ in lines if state == ESTABLISHED and _port(ours) == port]


def _port(address: str) -> int:
    return int(address.partition(":")[2], 16)
