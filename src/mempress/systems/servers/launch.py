"""``python launch.py COMMAND...``: becomes the command, which then ends with its parent and is never root.

It is started as a file, by itself: it imports nothing of mempress.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def main(command: list[str], parent: int) -> None:
    """Ask the kernel for SIGQUIT when the parent dies, stop being root, and run the command in this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        _be_another_user(libc)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the process that wanted it is gone")
    os.execv(command[0], command)  # noqa: S606 - that is what it is for


def _be_another_user(libc: ctypes.CDLL) -> None:
    """Be seen, in a user namespace of its own, as the first user who is not root; files stay as they are.

    Servers that refuse to run as root then run, with no user added and no permission of any directory changed.
    """
    user = next(entry for entry in pwd.getpwall() if entry.pw_uid != 0)
    user_id, group_id = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        reason = os.strerror(ctypes.get_errno())
        sys.exit(f"it does not run as root, and the kernel gives no user namespace ({reason}): run as another user")
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{user.pw_uid} {user_id} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{user.pw_gid} {group_id} 1", "ascii")


if __name__ == "__main__":
    main(sys.argv[2:], int(sys.argv[1]))
