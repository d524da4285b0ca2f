"""``mempress detect``: find maintenance in any trace of samples."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--detector", type=click.Choice(["statistical", "threshold"]), default="statistical", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="On one line. Without it the same JSON, indented.")
def command(samples: Path, *, detector: str, as_json: bool) -> int:
    """Find maintenance events in SAMPLES, a JSON-lines file of samples, and print them as a JSON list.

    A sample is {"records": int, "memory_bytes": float|null, "latencies_ms": [float], "health": float|null, "retained":
    int|null}; an event {"index", "records", "reasons", "evidence"}: it fell between the samples index - 1 and index.
    """
    from mempress.detect import read_trace, statistical, threshold

    find = statistical if detector == "statistical" else threshold
    events = [
        {
            "index": found.index,
            "records": found.records,
            "reasons": list(found.reasons),
            "evidence": {reason: dict(evidence) for reason, evidence in found.evidence.items()},
        }
        for found in find(read_trace(samples))
    ]
    click.echo(json.dumps(events, indent=None if as_json else 2))
    return 0
