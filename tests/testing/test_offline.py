"""A command without a network: its own machine answers, and nothing else does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mempress.testing.offline import NOT_PERMITTED

PROGRAM = """
import errno, socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    print(errno.errorcode[sender.connect_ex(("192.0.2.1", 9))])
"""


def test_the_loopback_answers_and_all_else_is_unreachable() -> None:
    command = [sys.executable, "-m", "mempress.testing.offline", sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == NOT_PERMITTED:
        pytest.skip(done.stderr)
    assert (done.returncode, done.stdout) == (0, "ENETUNREACH\n"), done.stderr
