"""Measured speed (lab 09)."""

from prunelab.records import Speed
from prunelab.results import load_results, mean_interval
from prunelab.scoreboard.rows import Row

GOALS = {"SingleStream": 30, "Offline": 15}  # times as fast as dense, eager, one image at a time
GATE = 0.99  # of the accuracy of the dense network, as MLPerf asks


def speed_rows() -> list[Row]:
    """The whole stack against the dense network as LoadGen timed them, in both scenarios, at the accuracy gate."""
    record = load_results("speed", Speed)
    return [_row(record, scenario, goal) for scenario, goal in GOALS.items()]


def _row(record: Speed, scenario: str, goal: int) -> Row:
    seconds = [list(seed["seconds a sample"][scenario].values()) for seed in record["seeds"]]
    mean, half = mean_interval([taken[0] / taken[-1] for taken in seconds])
    right = [list(seed["accuracy"].values()) for seed in record["seeds"]]
    fraction = min(steps[-1]["test"] / steps[0]["test"] for steps in right)
    return Row(
        claim=f"VGG, {scenario}: {goal} times as fast as dense, eager, one by one, at {GATE:.0%} of its accuracy",
        ours=f"{mean:.1f}x at {fraction:.1%}",
        interval=f"{mean - goal:+.1f} ± {half:.1f}x of {goal}x (95 %, {len(seconds)} repetitions)",
        published="optimised models run 10 to 100 times faster on the same hardware (a lecture's claim)",
        source="data/results/speed.json",
        dataset=record["dataset"],
        met=mean >= goal and fraction >= GATE,
    )
