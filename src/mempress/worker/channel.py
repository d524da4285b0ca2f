"""Frames over a pair of pipes: a JSON header and raw payload bytes. Both ends of the worker's line use it.

A frame is two little-endian uint32 (header bytes, payload bytes), the header, the payload. Nothing is pickled: what a
worker sends is data to the parent, whoever wrote it.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from typing import Any

_LENGTHS = struct.Struct("<II")
_PIECE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: a JSON object and bytes whose meaning the header tells."""

    header: dict[str, Any]
    payload: bytes = b""


def encode(frame: Frame) -> bytes:
    """Give the frame's bytes; ASCII JSON, so that a lone surrogate in a system's text travels unharmed."""
    header = json.dumps(frame.header, separators=(",", ":")).encode("ascii")
    return _LENGTHS.pack(len(header), len(frame.payload)) + header + frame.payload


class FrameBuffer:
    """Collects the bytes of a stream and gives back whole frames.

    Raises:
        ValueError: a frame is larger than ``limit_bytes`` or its header is no JSON object.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._bytes = bytearray()
        self._limit_bytes = limit_bytes

    def feed(self, data: bytes) -> None:
        """Add what was read."""
        self._bytes += data

    def missing_bytes(self) -> int:
        """How many bytes the next frame still lacks, as far as is known; 0: a frame is whole."""
        if len(self._bytes) < _LENGTHS.size:
            return _LENGTHS.size - len(self._bytes)
        header_bytes, payload_bytes = _LENGTHS.unpack_from(self._bytes)
        whole = _LENGTHS.size + header_bytes + payload_bytes
        if whole > self._limit_bytes:
            raise ValueError(f"a frame of {whole} bytes, over the limit of {self._limit_bytes}")
        return max(0, int(whole) - len(self._bytes))

    def take(self) -> Frame | None:
        """Give the next whole frame, or None."""
        if self.missing_bytes():
            return None
        header_bytes, payload_bytes = _LENGTHS.unpack_from(self._bytes)
        start, middle = _LENGTHS.size, _LENGTHS.size + header_bytes
        try:
            header = json.loads(self._bytes[start:middle])
        except RecursionError:
            raise ValueError("a frame whose header is nested too deeply") from None
        if not isinstance(header, dict):
            raise ValueError("a frame whose header is no JSON object")  # noqa: TRY004 - a bad frame, not a bad argument
        payload = bytes(memoryview(self._bytes)[middle : middle + payload_bytes])
        del self._bytes[: middle + payload_bytes]
        return Frame(header, payload)


class BlockingChannel:
    """The worker's end: waits for a frame, and writes one whole."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._buffer = FrameBuffer(limit_bytes=1 << 32)

    def receive(self) -> Frame:
        """Wait for the next frame; EOFError when the other end is closed."""
        while (frame := self._buffer.take()) is None:
            data = os.read(self._read_fd, max(_PIECE_BYTES, self._buffer.missing_bytes()))
            if not data:
                raise EOFError
            self._buffer.feed(data)
        return frame

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Write a frame; OSError when the other end is gone."""
        data = memoryview(encode(Frame(header, payload)))
        while data:
            data = data[os.write(self._write_fd, data) :]
