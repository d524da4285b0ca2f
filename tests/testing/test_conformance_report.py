"""What the suite says: of the controls, of adapters that cannot even start, and in which words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mempress.errors import UsageError
from mempress.testing import faulty
from mempress.testing.conformance import (
    CheckResult,
    ConformanceReport,
    Failed,
    NotApplicable,
    Passed,
    all_checks,
    render_report,
    run_check,
    run_conformance,
)
from mempress.testing.conformance.processes import command_of
from mempress.testing.conformance.wire import Call, Died, decode, encode
from mempress.testing.controls import Null, Perfect, PlainList

CHECKS = {check.name: check for check in all_checks()}


def all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


@pytest.mark.parametrize(
    ("control", "found"), [(Null, False), (Perfect, True), (PlainList, True)], ids=["null", "perfect", "plain-list"]
)
def test_the_controls_keep_the_protocol(control: Any, found: bool) -> None:
    """Each check passes, or is said not to apply for want of a capability or, on null, of anything found."""
    report = run_conformance(control)
    passed_over = {result.name for result in report.results if isinstance(result.outcome, NotApplicable)}
    lacking = {check.name for check in all_checks() if check.needs - control.capabilities}
    assert report.passed
    assert passed_over == lacking | (set() if found else {"finds_what_it_holds"})


def test_the_rest_is_not_tried_where_a_basic_check_fails() -> None:
    """An adapter that cannot be opened fails once, not thirty times."""
    report = run_conformance(faulty.RaisesInInit)
    assert [result.name for result in report.failed] == ["opens_and_closes"]
    assert not report.passed
    assert {result.outcome for result in report.results[2:]} == {
        NotApplicable("not tried, since opens_and_closes failed")
    }


def test_a_target_that_names_nothing_is_a_usage_error() -> None:
    """A mistyped name is no finding about an adapter."""
    with pytest.raises(UsageError, match="no-such-system"):
        run_conformance("no-such-system")


def test_an_adapter_that_cannot_be_imported_fails_the_first_check(tmp_path: Path) -> None:
    """The import happens in the child alone, and its error is the reason."""
    (tmp_path / "adapter.py").write_text("import a_module_that_nobody_has\n")
    report = run_conformance(f"{tmp_path}/adapter.py:Adapter")
    assert [result.name for result in report.failed] == ["capabilities_match_methods"]
    assert "a_module_that_nobody_has" in render_report(report)


def test_an_adapter_that_floods_stdout_while_imported_is_judged_all_the_same(tmp_path: Path) -> None:
    """Two megabytes at import fail the check about stdout and do not disturb another."""
    (tmp_path / "noisy.py").write_text(
        "import sys\n"
        "from mempress.testing.controls import PlainList as Noisy\n"
        "print('x' * 2_000_000)\n"
        "print('x' * 2_000_000, file=sys.stderr)\n"
    )
    target = f"{tmp_path}/noisy.py:Noisy"
    assert run_check(CHECKS["finds_what_it_holds"], target) == Passed()
    assert run_check(CHECKS["writes_nothing_to_stdout"], target) == Failed(
        "it wrote 2,000,001 bytes to stdout: a log goes to stderr"
    )


def test_options_reach_the_adapter(tmp_path: Path) -> None:
    """What --option gives is in config.options: here, where the shared state lies."""
    state = tmp_path / "state"
    outcome = run_check(CHECKS["opens_and_closes"], faulty.KeepsStateBetweenWorkdirs, {"state_dir": str(state)})
    assert outcome == Passed()
    assert (state / "records.jsonl").exists()


def test_state_in_the_temporary_directory_does_not_leak_into_the_next_check() -> None:
    """Each check has temporary files of its own, so a fault in one place is reported once."""
    for _ in range(2):
        outcome = run_check(CHECKS["stores_and_searches"], faulty.KeepsStateBetweenWorkdirs)
        assert outcome == Passed()
    outcome = run_check(CHECKS["count_is_what_was_acknowledged"], faulty.KeepsStateBetweenWorkdirs)
    assert outcome == Passed()


def test_nothing_is_left_of_an_adapter_that_leaves_processes() -> None:
    """A child in a session of its own ends with the check, even where the check passes."""
    lifetime_seconds = 300 + os.getpid() / 1e7  # a command line that no other test has
    outcome = run_check(CHECKS["opens_and_closes"], faulty.ForksChildren, {"lifetime_seconds": lifetime_seconds})
    assert outcome == Passed()
    assert not [pid for pid in all_processes() if f"time.sleep({lifetime_seconds})" in command_of(pid)]


def test_the_report_prints_one_line_a_check_and_its_reason_below() -> None:
    """The form that people and their scripts read."""
    results = (
        CheckResult("first", "Does one thing", Passed()),
        CheckResult("second", "Does another", Failed("it did not")),
        CheckResult("third", "Does a third", NotApplicable("it does not declare 'count'")),
    )
    assert render_report(ConformanceReport("my-memory", results)) == (
        "ok      first: Does one thing\n"
        "FAILED  second: Does another\n"
        "        it did not\n"
        "n/a     third: Does a third\n"
        "        it does not declare 'count'\n"
        "my-memory does not keep the protocol: 3 checks, 1 passed, 1 failed, 1 not applicable."
    )


def test_a_report_in_which_nothing_passed_is_no_pass() -> None:
    """To be passed over throughout is not to keep the protocol."""
    assert not ConformanceReport("empty", ()).passed
    assert not ConformanceReport("all n/a", (CheckResult("a", "A", NotApplicable("no")),)).passed


@pytest.mark.parametrize("message", [Call("store()"), Died(-9), Died(3), Passed(), Failed("why"), NotApplicable("why")])
def test_a_message_survives_the_pipe(message: Call | Died | Passed | Failed | NotApplicable) -> None:
    """What the child says is what the parent reads, in one line."""
    line = encode(message)
    assert line.count(b"\n") == 1
    assert decode(line) == message


def test_a_forged_message_is_refused() -> None:
    """Bytes that are no message of ours do not pass for one."""
    with pytest.raises(ValueError, match="no such message"):
        decode(b'["won", ""]')
