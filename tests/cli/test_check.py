"""``mempress check`` as an author meets it: a broken adapter fails, and the reason names the call and what it gave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Mempress


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("broken", "check", "reason"),
    [
        ("LosesRecords", "get_gives_all_that_was_acknowledged", r"get\(\) lacks 102 of 1020 records acknowledged"),
        ("IgnoresLimit", "search_keeps_to_limit", r"search\(limit=1\) gave 6 hits: it gives at most limit"),
        ("LiesInCount", "count_is_what_was_acknowledged", r"count\(\) gave 1 after 0 records were acknowledged"),
        ("KeepsStateBetweenWorkdirs", "workdirs_share_nothing", r"a new workdir holds 30 records that were stored in"),
        ("HangsOnClose", "opens_and_closes", r"close\(\) did not return within 5 s"),
    ],
)
def test_a_broken_adapter_fails_with_its_reason(mempress: Mempress, broken: str, check: str, reason: str) -> None:
    done = mempress("check", f"mempress.testing.faulty:{broken}", "--timeout", "5")
    assert done.returncode == 3
    assert re.search(rf"^FAILED  {check}: .*\n +{reason}", done.stdout, re.MULTILINE), done.stdout
    assert "does not keep the protocol" in done.stdout.splitlines()[-1]
