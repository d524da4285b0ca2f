"""``mempress compare``: two results against each other."""

from __future__ import annotations

from pathlib import Path

import click

_HOLDS = 4


@click.command()
@click.argument("base", type=click.Path(exists=True, path_type=Path))
@click.argument("other", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--fail-on",
    "fail_on",
    multiple=True,
    metavar="[SYSTEM:]METRIC:PERCENT",
    help="Exit with 4 where METRIC is worse in OTHER by more than PERCENT. May be given several times.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write page, Markdown and JSON here too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(base: Path, other: Path, fail_on: tuple[str, ...], out: Path | None, *, as_json: bool) -> int:
    """Compare OTHER with BASE: what differs, by how much, and whether it is more than noise.

    Each is a directory that `mempress run --out` wrote, a single run in it, or a results.json. A difference counts
    where its 95% interval leaves out 0; that takes at least two runs of each (--repeats 3 or more is better).
    """
    import msgspec

    from mempress.versus import apply_rules, judge, parse_rule, read_side
    from mempress.versus.model import Outcome
    from mempress.versus.text import render

    rules = [parse_rule(text) for text in fail_on]
    versus = judge(read_side(base), read_side(other))
    rulings = apply_rules(rules, versus)
    outcome = Outcome(comparison=versus, rulings=rulings)
    if out is not None:
        from mempress.report.versus import write_comparison

        written = write_comparison(outcome, out)
        click.echo(f"{len(written)} files in {out}: {', '.join(path.name for path in written)}", err=True)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(outcome), indent=2))
    else:
        click.echo(render(versus), nl=False)
    for ruling in rulings:
        told = "failed" if ruling.struck else "not judged"
        click.echo(f"--fail-on {told}: {ruling.words}", err=True)
    return _HOLDS if any(ruling.struck for ruling in rulings) else 0
