"""No check passes vacuously: each passes on a sound system and fails, for its own reason, on a broken one."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from mempress.testing import faulty
from mempress.testing.complete import Complete
from mempress.testing.conformance import Failed, Outcome, Passed, all_checks, run_check, run_conformance
from mempress.testing.conformance.processes import descendants
from tests.testing import broken_adapters as broken

CAUGHT: dict[str, list[tuple[type, str]]] = {
    "capabilities_match_methods": [
        (faulty.DeclaresWhatItLacks, r"declares the capability 'health' but has no method health\(\)"),
        (faulty.HasWhatItDoesNotDeclare, r"has a method health\(\) but does not declare"),
    ],
    "opens_and_closes": [
        (faulty.RaisesInInit, r"^__init__\(\) raised RuntimeError at faulty.py:\d+: the index cannot be opened$"),
    ],
    "stores_and_searches": [
        (faulty.RaisesAlways, r"^store\(\) raised RuntimeError at faulty.py:\d+: store never works here$"),
        (faulty.SegfaultsInSearch, r"^the process was killed by SIGSEGV during search\(\)$"),
        (faulty.ClosesDescriptors, r"^file descriptors that are not the adapter's own were closed during store\(\)$"),
        (faulty.ReturnsGarbage, r"^search\(\) gave None: it gives a sequence of Hit$"),
        (faulty.RaisesHostileText, r"<script>alert\(1\)</script>\\x1b\[2J"),
    ],
    "finds_nothing_when_empty": [(broken.FindsInTheEmpty, "1 hits before anything was stored")],
    "stores_batches_of_one": [(broken.LosesItsPlaceAfterMany, "too many calls")],
    "stores_a_batch_of_a_thousand": [
        (broken.RefusesLargeBatches, "at most 500 records"),
        (faulty.DiesInStore, r"ended with exit status 3 during store\(\)"),
        (faulty.RefusesAfter, "the store is full"),
    ],
    "stores_an_empty_batch": [(broken.RefusesEmptyBatches, "IndexError")],
    "stores_any_text": [(broken.RefusesLongTexts, "at most 50,000 characters")],
    "search_keeps_to_limit": [
        (faulty.IgnoresLimit, r"search\(limit=1\) gave 6 hits"),
        (broken.IgnoresLimitOne, r"search\(limit=0\) gave"),
    ],
    "hits_are_records_that_were_stored": [
        (broken.InventsHits, "'an invention', which no stored record says"),
        (broken.InventsIds, "'an-invention', which was never stored"),
        (broken.SwapsIds, "with the text of"),
    ],
    "finds_what_it_holds": [
        (broken.FindsNothing, "20 of 20 records are not found"),
        (faulty.LosesRecords, "2 of 20 records are not found"),
    ],
    "search_takes_any_text": [(broken.ParsesQueries, "unterminated string")],
    "survives_odd_calls": [(broken.ExitsOnDuplicates, "raised SystemExit")],
    "writes_nothing_to_stdout": [
        (broken.LogsToStdout, "it wrote 7 bytes to stdout"),
        (faulty.PrintsMegabyte, "bytes to stdout"),
        (faulty.SpoofsProtocol, "bytes to stdout"),
    ],
    "close_leaves_no_process": [
        (broken.LeavesAProcess, "1 left alive 2 s after"),
        (faulty.ForksChildren, "1 left alive 2 s after"),
    ],
    "count_is_what_was_acknowledged": [
        (broken.DropsOneOfMany, r"count\(\) gave 999 after 1000"),
        (faulty.LiesInCount, r"count\(\) gave 1 after 0"),
    ],
    "get_gives_all_that_was_acknowledged": [
        (broken.DropsOneOfMany, "lacks 1 of 1020"),
        (faulty.LosesRecords, "lacks 102"),
    ],
    "get_omits_unknown_ids": [(broken.InventsTexts, "before anything was stored")],
    "get_gives_exact_texts": [(broken.StripsTexts, "'kept   as it is' for the text '  kept   as it is  '")],
    "count_agrees_with_get": [(broken.CountsWhatItEvicted, r"count\(\) gave 400, and get\(\) gives 100")],
    "delete_says_how_many": [(broken.CountsUnknownDeletions, r"gave 1, and 0 of them were held")],
    "deleted_records_are_gone": [(broken.FindsWhatIsDeleted, "still finds note-0, which was deleted")],
    "workdirs_share_nothing": [
        (broken.SharesStateInTheProcess, "a new workdir holds 5 records"),
        (faulty.KeepsStateBetweenWorkdirs, "a new workdir holds 30 records"),
    ],
    "reopened_workdir_holds_the_same": [
        (broken.ForgetsOnRestart, r"count\(\) gave 0 after reopening, and 50 before"),
        (broken.ForgetsDeletionsOnRestart, r"count\(\) gave 60 after reopening, and 50 before"),
    ],
    "keeps_within_capacity": [
        (broken.OutgrowsItsCapacity, "it holds 500 records under capacity_records=100, and 4000 of 4000"),
        (broken.EmptiesItselfAtCapacity, "it holds nothing under capacity_records=100"),
    ],
    "works_after_flush": [(broken.FlushesIntoTheVoid, r"count\(\) gave 19 after flush\(\) of 20")],
    "works_after_maintenance": [(broken.BreaksInMaintenance, r"store\(\) raised ValueError")],
    "works_after_emergency_maintenance": [(broken.DividesByZeroInEmergency, "ZeroDivisionError")],
    "health_is_a_share": [(broken.HealthInPercent, "an overall_health of 100.0")],
    "events_are_drained_once": [(broken.TestifiesForEver, "again, with nothing done in between")],
    "process_ids_are_alive": [(broken.NamesDeadProcesses, "which are not alive")],
    "declares_embedding_if_it_embeds": [
        (broken.EmbedsInSecret, "declare 'embedding'"),
        (broken.NeverEmbeds, "never calls config.embed"),
    ],
    "works_from_several_threads": [
        (broken.BelongsToItsThread, "can only be used in that thread"),
        (broken.LosesUpdatesOfOtherThreads, "of 160 records stored by threads"),
    ],
}
CHECKS = {check.name: check for check in all_checks()}
CASES = [
    pytest.param(name, cls, reason, id=f"{name}-{cls.__name__}") for name in CAUGHT for cls, reason in CAUGHT[name]
]


def test_every_check_has_a_broken_adapter_to_catch() -> None:
    """A check that is added without an adapter that fails it fails this test."""
    assert set(CAUGHT) == set(CHECKS)


def test_a_sound_system_with_every_capability_passes_every_check() -> None:
    """Complete declares all, so no check is passed over on it."""
    report = run_conformance(Complete)
    assert {result.name: result.outcome for result in report.results} == dict.fromkeys(CHECKS, Passed())
    assert report.passed


@pytest.mark.parametrize(("name", "adapter", "reason"), CASES)
def test_the_check_fails_with_a_readable_reason(name: str, adapter: type, reason: str) -> None:
    """Each broken adapter is sound but for the thing that its check is about."""
    outcome = run_check(CHECKS[name], adapter)
    assert isinstance(outcome, Failed)
    assert re.search(reason, outcome.reason)
    assert outcome.reason.isprintable()
    assert len(outcome.reason) <= 1_100


def test_a_hang_fails_the_check_and_names_the_call() -> None:
    """The call under way is named, and the process, deaf to SIGTERM, is gone afterwards."""
    hangs: dict[type, tuple[str, str]] = {
        faulty.HangsInInit: ("opens_and_closes", "__init__()"),
        faulty.HangsOnClose: ("opens_and_closes", "close()"),
        faulty.HangsInSearch: ("stores_and_searches", "search()"),
        faulty.HangsInStore: ("stores_a_batch_of_a_thousand", "store()"),
    }

    def outcome_of(adapter: type) -> Outcome:
        return run_check(CHECKS[hangs[adapter][0]], adapter, timeout_seconds=3)

    with ThreadPoolExecutor(len(hangs)) as pool:
        outcomes = list(pool.map(outcome_of, hangs))
    assert outcomes == [Failed(f"{call} did not return within 3 s") for _, call in hangs.values()]
    assert descendants(os.getpid()) == []
