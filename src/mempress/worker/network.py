"""Keeps a worker off the network: what a system asks of Python's sockets beyond this machine is refused and told.

A memory system that calls home, or keeps its memories elsewhere, is measured as something that it is not. The guard is
an audit hook (PEP 578): it sees Python's own sockets and name look-ups, in this process alone; native code that opens
sockets by itself, and programs that a system starts, it does not see.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

_SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKING_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})
_REMEMBERED = 100


class NetworkGuard:
    """Refuses as a machine without a network would; remembers each place that was asked for once."""

    def __init__(self) -> None:
        self._installed = False
        self._seen: set[str] = set()
        self._untold: list[str] = []

    def install(self) -> None:
        """Begin; an audit hook stays as long as its process."""
        if not self._installed:
            self._installed = True
            sys.addaudithook(self._hear)

    def told(self) -> list[str]:
        """Give the places asked for since the last call; each is told once in all."""
        untold, self._untold = self._untold, []
        return untold

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _SENDING:
            self._judge_sending(*arguments[:2])
        elif event in _LOOKING_UP and not is_local(arguments[0]):
            import socket  # noqa: PLC0415 - it is loaded where such an event occurs, and not in every worker

            self._note(_text(arguments[0]))
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def _judge_sending(self, sender: Any, place: Any) -> None:
        import socket  # noqa: PLC0415 - as above

        if sender.family in (socket.AF_INET, socket.AF_INET6) and place is not None and not is_local(place[0]):
            self._note(f"{_text(place[0])} port {place[1]}")
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    def _note(self, place: str) -> None:
        if place not in self._seen and len(self._seen) < _REMEMBERED:
            self._seen.add(place)
            self._untold.append(place)


def is_local(host: Any) -> bool:
    """Whether a host, as Python's ``socket`` takes it, is this machine; told without a look-up."""
    import ipaddress  # noqa: PLC0415 - as above

    name = "" if host is None else _text(host).partition("%")[0].rstrip(".").lower()
    if name in _LOCAL_NAMES or name == os.uname().nodename.lower():
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def _text(host: Any) -> str:
    return host.decode("utf-8", "replace") if isinstance(host, bytes | bytearray) else str(host)
