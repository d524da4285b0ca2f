"""One result in every form has the same figures: JSON, Markdown, terminal, page, index; many systems side by side."""

from __future__ import annotations

import json
import re
from pathlib import Path

from mempress.comparison.metrics import METRICS
from mempress.format import figure, percentile_99
from mempress.report.html import html
from mempress.report.index import Entry, index_html
from mempress.report.markdown import escape, markdown
from mempress.report.terminal import WIDTH, terminal, terminal_run
from mempress.report.write import write_texts
from tests.report.handmade import completed, result_of, saturated


def test_every_metric_is_the_same_figure_in_every_form(tmp_path: Path) -> None:
    result = result_of(completed(), saturated())
    write_texts(result, tmp_path)
    told = json.loads((tmp_path / "results.json").read_text("utf-8"))
    forms = {"terminal": terminal(result), "markdown": markdown(result), "page": html(result)}
    index = index_html([Entry("one", "/one/report.html", None, result)], Path("/"))
    for key in ("neuroca", "agno"):
        run_text = terminal_run(result.systems[key])
        for metric in METRICS:
            value = told["systems"][key]["metrics"]
            for part in metric.key.split("."):
                value = value[part]
            n = told["systems"][key]["metrics"]["final_query_latency_ms"]["n"]
            is_p99 = metric.key.endswith(".p99")
            shown = percentile_99(value, n) if is_p99 else figure(value, metric.unit)
            row = next(line for line in forms["markdown"].splitlines() if line.startswith(f"| {escape(metric.label)}"))
            at = 2 if key == "neuroca" else 3
            assert row.split(" | ")[at - 1] == escape(shown)
            line = next(line for line in forms["terminal"].splitlines() if line.startswith(metric.label))
            assert shown in line
            assert shown in next(line for line in run_text.splitlines() if line.startswith(metric.label))
            assert shown in forms["page"]
            if metric.key in ("final_query_latency_ms.p95", "recall_at_k", "final_memory_mb"):
                assert f">{shown}<" in index


def test_many_systems_stand_in_tables_that_fit_and_no_figure_is_broken() -> None:
    runs = [completed(f"a-system-with-a-long-name-{number:02d}") for number in range(11)]
    text = terminal(result_of(*runs))
    tables = text[: text.index("\n- ")]
    assert max(map(len, text.splitlines())) <= WIDTH
    held = [line for line in tables.splitlines() if line.startswith("Records held at the end")]
    assert len(held) > 1
    assert sum(line.count("10,000") for line in held) == 11
    names = re.findall(r"a-system-with-a-long-name-\d\d", re.sub(r"\s+", " ", tables))
    assert len(names) == 11
    assert tables.count("n/a: not measured.") == 1
