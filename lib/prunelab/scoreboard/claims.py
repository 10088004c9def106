"""The conclusions of the labs, and what the seeds of their experiments say."""

from statistics import mean

from prunelab.claims import find
from prunelab.records import Claims
from prunelab.results import PUBLISHED, load_results
from prunelab.scoreboard.rows import Row


def claim_rows() -> list[Row]:
    """A row for each claim of each lab that has a record of claims."""
    runs = sorted(path.stem for path in PUBLISHED.glob("claims-*.json"))
    return [row for run in runs for row in _rows(run, load_results(run, Claims))]


def _rows(run: str, record: Claims) -> list[Row]:
    rows = []
    for name, rule in record["settings"]["claims"].items():
        seeds = [seed["found"][name] for seed in record["seeds"]]
        found = find(rule, seeds)
        means = (mean(seed[number] for seed in seeds) for number in rule["numbers"])
        row = Row(
            claim=f"lab {run.removeprefix('claims-')}: {rule['words']}",
            ours=" against ".join(f"{value:.2f}" for value in means),
            interval=f"{found.mean:+.2f} ± {found.half:.2f} (95 %, {len(seeds)} seeds)",
            published=f"this lab's own conclusion: {found.outcome}",
            source=f"data/results/{run}.json",
            dataset=record["dataset"],
            met=found.outcome == "holds",
        )
        rows.append(row)
    return rows
