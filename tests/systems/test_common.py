"""What adapters share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.errors import UsageError
from mempress.systems.common import Gate, disk_bytes, pieces, refuse_options

if TYPE_CHECKING:
    from pathlib import Path


@given(st.lists(st.integers()), st.integers(1, 20))
def test_pieces_are_the_items_in_order_none_longer_than_asked(items: list[int], size: int) -> None:
    cut = list(pieces(items, size))
    assert [item for piece in cut for item in piece] == items
    assert all(0 < len(piece) <= size for piece in cut)


def test_an_option_is_refused_by_name() -> None:
    refuse_options("chroma", {})
    with pytest.raises(UsageError, match="chroma has no options, and was given space: leave them out"):
        refuse_options("chroma", {"space": "cosine"})


def test_the_bytes_of_a_directory_are_those_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "a").write_bytes(b"123")
    (tmp_path / "below" / "b").write_bytes(b"4567")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert disk_bytes(tmp_path) == 7


def test_callers_pass_a_gate_together() -> None:
    gate, together = Gate(), Barrier(3, timeout=30)

    def call() -> None:
        with gate.passed():
            together.wait()

    with ThreadPoolExecutor(3) as pool:
        for passed in [pool.submit(call) for _ in range(3)]:
            passed.result()


def test_who_closes_a_gate_is_alone_inside() -> None:
    """He waits for those inside, and those who come wait for him; it opens again when he fails."""
    gate, inside, leave, closing = Gate(), Event(), Event(), Event()
    seen: list[str] = []

    def stay() -> None:
        with gate.passed():
            inside.set()
            assert leave.wait(30)
            seen.append("left")

    def close() -> None:
        closing.set()
        with gate.closed():
            seen.append("closed")
            raise ValueError

    def come() -> None:
        with gate.passed():
            seen.append("came")

    with ThreadPoolExecutor(3) as pool:
        stayed = pool.submit(stay)
        assert inside.wait(30)
        closed = pool.submit(close)
        assert closing.wait(30)
        while not gate._closed:
            pass
        came = pool.submit(come)
        assert not seen
        leave.set()
        stayed.result()
        assert isinstance(closed.exception(), ValueError)
        came.result()
    assert seen == ["left", "closed", "came"]
