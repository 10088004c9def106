"""MLPerf LoadGen, the load generator of MLPerf Inference (Reddi et al. 2020), for a function that names classes.

LoadGen waits for ever for a query that nobody completes. So the callbacks are here, and they complete every query even
when the answers raise; what was raised comes out once the test is over. Only lab 09 needs LoadGen, and goes on without.
"""

import array
import importlib.util
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from prunelab.deploy import NotAvailable

SCENARIOS = ("SingleStream", "Offline")
REMEDY = "run `pip install mlcommons-loadgen` (without a wheel for your system it needs a C++ compiler)"
Answer = Callable[[list[int]], Tensor]  # numbers of samples to their labels, in the same order


@dataclass(frozen=True)
class LoadTest:
    """Where a test's logs lie, and LoadGen's own summary as {name: text}."""

    folder: Path
    summary: dict[str, str]

    @property
    def valid(self) -> bool:
        """Whether LoadGen calls the run valid."""
        return self.summary.get("Result is") == "VALID"

    @property
    def seconds(self) -> float:
        """Seconds per sample: the 90th percentile of the latencies (SingleStream), or one over samples per second."""
        if self.summary["Scenario"] == "SingleStream":
            return self.percentile(90)
        return 1 / float(self.summary["Samples per second"])

    def percentile(self, percent: float) -> float:
        """Seconds that so many per cent of the queries took at most: 50, 90, 95, 97, 99 or 99.9."""
        return 1e-9 * float(self.summary[f"{percent:.2f} percentile latency (ns)"])

    def entries(self) -> list[dict]:
        """What mlperf_log_accuracy.json holds: {"seq_id", "qsl_idx", "data"} for each answered sample."""
        return json.loads((self.folder / "mlperf_log_accuracy.json").read_text())

    def events(self) -> list[dict]:
        """The lines of mlperf_log_detail.txt as {"key", "value", "time_ms", ...}."""
        lines = (self.folder / "mlperf_log_detail.txt").read_text().splitlines()
        return [json.loads(line.removeprefix(":::MLLOG ")) for line in lines if line.startswith(":::MLLOG ")]


def why_not() -> str:
    """An empty string where LoadGen is installed, else one sentence that says how to get it."""
    return (
        ""
        if importlib.util.find_spec("mlperf_loadgen")
        else f"mlperf_loadgen is missing, which only lab 09 needs: {REMEDY} and start the kernel again"
    )


def load_test(
    answer: Answer, samples: int, scenario: str, folder: Path, *, accuracy: bool = False, seconds: float = 1.0
) -> LoadTest:
    """Let LoadGen ask `answer` for the samples 0 to `samples` - 1 and return what it logged in `folder`.

    With `accuracy` each sample is asked once and its label, a 32-bit integer, is logged; else LoadGen asks for at least
    so many `seconds` (an official run takes 600) and logs the time. NotAvailable without LoadGen; ValueError for
    another scenario than SCENARIOS; whatever `answer` raised.
    """
    if reason := why_not():
        raise NotAvailable(reason)
    if scenario not in SCENARIOS:
        raise ValueError(f"No scenario is called {scenario!r}; choose one of {', '.join(SCENARIOS)}.")
    import mlperf_loadgen as loadgen

    settings = _settings(loadgen, scenario, accuracy, seconds, _expected(answer, samples))
    logs = loadgen.LogSettings()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    logs.log_output.outdir, logs.log_output.copy_summary_to_stdout = str(folder), False
    raised: list[BaseException] = []

    def issue(queries: list) -> None:
        labels = _answered(answer, [query.index for query in queries], raised)
        kept = [array.array("i", [label]) for label in labels]  # LoadGen reads their memory
        loadgen.QuerySamplesComplete(
            [loadgen.QuerySampleResponse(query.id, *_place(label)) for query, label in zip(queries, kept, strict=True)]
        )

    system = loadgen.ConstructSUT(issue, lambda: None)
    library = loadgen.ConstructQSL(samples, samples, lambda indices: None, lambda indices: None)
    try:
        loadgen.StartTestWithLogSettings(system, library, settings, logs, "")
    finally:
        loadgen.DestroyQSL(library)
        loadgen.DestroySUT(system)
    if raised:
        raise raised[0]
    return LoadTest(folder, _summary(folder))


def _place(label: array.array) -> tuple[int, int]:
    """Address and bytes of a label."""
    address, count = label.buffer_info()
    return address, count * label.itemsize


def _answered(answer: Answer, indices: list[int], raised: list[BaseException]) -> Sequence[int]:
    """The labels that `answer` gives, or -1 for each sample once it has raised."""
    if not raised:
        try:
            with torch.inference_mode():
                labels = [int(label) for label in answer(indices)]
            if len(labels) != len(indices):
                raise ValueError(f"{len(labels)} answers came for {len(indices)} samples.")
            return labels
        except BaseException as error:
            raised.append(error)
    return [-1] * len(indices)


def _expected(answer: Answer, samples: int) -> float:
    """Samples a second, roughly: the best of three times that `answer` needs for 64, after what it did first."""
    indices, best = list(range(min(64, samples))), float("inf")
    with torch.inference_mode():
        for _ in range(3):
            start = time.perf_counter()
            answer(indices)
            best = min(best, time.perf_counter() - start)
    return len(indices) / max(best, 1e-6)


def _settings(loadgen, scenario: str, accuracy: bool, seconds: float, expected: float):
    """LoadGen's settings: the defaults of MLPerf, but for the duration and the number of queries."""
    settings = loadgen.TestSettings()
    settings.scenario = getattr(loadgen.TestScenario, scenario)
    settings.mode = loadgen.TestMode.AccuracyOnly if accuracy else loadgen.TestMode.PerformanceOnly
    settings.min_duration_ms = round(1000 * seconds)
    settings.max_duration_ms = round(10_000 * seconds)
    settings.min_query_count = 100 if scenario == "SingleStream" else 1
    settings.offline_expected_qps = expected
    settings.single_stream_expected_latency_ns = 10_000  # so many queries are drawn beforehand that none is short
    return settings


def _summary(folder: Path) -> dict[str, str]:
    """The lines `name : value` of mlperf_log_summary.txt."""
    path = folder / "mlperf_log_summary.txt"
    pairs = [line.split(":", 1) for line in path.read_text().splitlines() if ":" in line]
    return {name.strip(): value.strip() for name, value in pairs}
