"""Frames come out as they went in, however the stream is cut; what is no frame is refused and never believed."""

from __future__ import annotations

import json
import os
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.worker.channel import BlockingChannel, Frame, FrameBuffer, encode

LIMIT = 1 << 16
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
FRAMES = st.builds(
    Frame, st.dictionaries(st.text(), SCALARS | st.lists(st.text()), max_size=4), st.binary(max_size=200)
)


def framed(header: bytes, payload: bytes = b"") -> bytes:
    return struct.pack("<II", len(header), len(payload)) + header + payload


@given(st.lists(FRAMES, max_size=5), st.lists(st.integers(0, 1_000)))
def test_frames_survive_any_split_of_the_stream(frames: list[Frame], cuts: list[int]) -> None:
    stream = b"".join(map(encode, frames))
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    buffer, taken = FrameBuffer(LIMIT), []
    for start, stop in pairwise(edges):
        buffer.feed(stream[start:stop])
        while (frame := buffer.take()) is not None:
            taken.append(frame)
    assert taken == frames


@given(FRAMES, st.data())
def test_what_is_missing_completes_the_frame_and_not_a_byte_before(frame: Frame, data: st.DataObject) -> None:
    stream = encode(frame)
    known = data.draw(st.integers(8, len(stream)))
    buffer = FrameBuffer(LIMIT)
    buffer.feed(stream[:known])
    assert buffer.missing_bytes() == len(stream) - known
    assert (buffer.take() == frame) is (known == len(stream))


def test_a_lone_surrogate_of_a_system_s_text_travels_unharmed() -> None:
    buffer = FrameBuffer(LIMIT)
    buffer.feed(encode(Frame({"text": "a\udcff"})))
    assert buffer.take() == Frame({"text": "a\udcff"})


@pytest.mark.parametrize(("header_bytes", "payload_bytes"), [(LIMIT, 0), (0, LIMIT), (2**32 - 1, 2**32 - 1)])
def test_a_frame_over_the_limit_is_refused_before_it_is_collected(header_bytes: int, payload_bytes: int) -> None:
    buffer = FrameBuffer(LIMIT)
    buffer.feed(struct.pack("<II", header_bytes, payload_bytes))
    with pytest.raises(
        ValueError, match=f"a frame of {8 + header_bytes + payload_bytes} bytes, over the limit of {LIMIT}"
    ):
        buffer.take()


@pytest.mark.parametrize(
    "header",
    [b"", b"[]", b"null", b'"do"', b"{", b"{'do': 1}", b"\xff\xfe", b"[" * 50_000, b'{"n":' + b"9" * 5_000 + b"}"],
)
def test_a_header_that_is_no_json_object_is_a_value_error(header: bytes) -> None:
    buffer = FrameBuffer(1 << 20)
    buffer.feed(framed(header))
    with pytest.raises(ValueError, match=r".+"):
        buffer.take()


@given(st.binary(max_size=300))
def test_garbage_gives_a_frame_or_a_value_error_and_nothing_else(garbage: bytes) -> None:
    buffer = FrameBuffer(LIMIT)
    buffer.feed(garbage)
    try:
        frame = buffer.take()
    except ValueError:
        return
    assert frame is None or json.loads(garbage[8 : 8 + struct.unpack_from("<I", garbage)[0]]) == frame.header


def test_a_channel_receives_what_was_sent_and_ends_when_the_other_end_closes() -> None:
    read_fd, write_fd = os.pipe()
    channel = BlockingChannel(read_fd, write_fd)
    try:
        channel.send({"do": "exit"}, b"\x00\x01")
        channel.send({})
        os.close(write_fd)
        assert [channel.receive(), channel.receive()] == [Frame({"do": "exit"}, b"\x00\x01"), Frame({})]
        with pytest.raises(EOFError):
            channel.receive()
    finally:
        os.close(read_fd)
