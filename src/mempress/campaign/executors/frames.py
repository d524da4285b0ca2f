"""What travels from a node to the campaign: JSON and bytes, nothing that is unpickled by us."""

from __future__ import annotations

from typing import Literal

import msgspec

MOST_BYTES = 64 << 10
"""Of a piece: Ray hands an object of up to 100 KiB to its owner at once, where it outlives the node it came from."""
File = Literal["run.json", "requirements.lock", "events.jsonl", "summary.json"]
FILES: tuple[File, ...] = ("run.json", "requirements.lock", "events.jsonl", "summary.json")
"""A run's files in the order in which they come about; no other name is taken from a node."""


class NodeBegan(msgspec.Struct, frozen=True, tag="began"):
    """The attempt has a node."""

    node: str
    mempress: str


class Piece(msgspec.Struct, frozen=True, tag="piece"):
    """Bytes of a file follow this header, from ``offset`` on."""

    file: File
    offset: int


class Alive(msgspec.Struct, frozen=True, tag="alive"):
    """Nothing new."""


class NodeEnded(msgspec.Struct, frozen=True, tag="ended"):
    """The measuring process ended."""

    exit_status: int
    wall_s: float
    words: str


Header = NodeBegan | Piece | Alive | NodeEnded
_DECODER: msgspec.json.Decoder[Header] = msgspec.json.Decoder(Header)


def pack(header: Header, data: bytes = b"") -> bytes:
    """Give a frame: its header as one line of JSON, then the bytes."""
    return msgspec.json.encode(header) + b"\n" + data


def unpack(frame: bytes) -> tuple[Header, bytes]:
    """Read a frame.

    Raises:
        ValueError: it is none.
    """
    head, line_end, data = bytes(frame).partition(b"\n")
    if not line_end:
        raise ValueError("a frame without a header")
    return _DECODER.decode(head), data
