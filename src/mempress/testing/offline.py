"""``python -m mempress.testing.offline COMMAND...``: runs a command where this machine is all there is.

The command gets a network namespace whose one interface is the loopback, so that the kernel refuses everything beyond
it, whatever a system is written in and whatever it starts. Linux alone; it needs root or unprivileged user namespaces.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

NOT_PERMITTED = 125
"""The exit status where the kernel gives no such namespace."""
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
_REQUEST = struct.Struct("16sh22x")


def main(command: list[str]) -> None:
    """Leave the network and become the command."""
    user_id, group_id = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET if user_id == 0 else _CLONE_NEWNET | _CLONE_NEWUSER) != 0:
        sys.stderr.write(f"the kernel gives no network namespace: {os.strerror(ctypes.get_errno())}\n")
        sys.exit(NOT_PERMITTED)
    if user_id != 0:  # in a user namespace of its own: the same user as before
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{user_id} {user_id} 1", "ascii")
        Path("/proc/self/gid_map").write_text(f"{group_id} {group_id} 1", "ascii")
    _raise_loopback()
    os.execvp(command[0], command)  # noqa: S606 - that is what it is for


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name, flags = _REQUEST.unpack(fcntl.ioctl(control, _SIOCGIFFLAGS, _REQUEST.pack(b"lo", 0)))
        fcntl.ioctl(control, _SIOCSIFFLAGS, _REQUEST.pack(name, flags | _IFF_UP))


if __name__ == "__main__":
    main(sys.argv[1:])
