"""The common part of the long recipes: seeds in parallel, one thread per seed, and every finished seed saved.

Finished seeds are in data/results/partial/ until the last one of a run is done; then the whole file replaces the
previous one. So a killed run resumes where it stopped, and a run after a finished one starts again from seed 0.
"""

import argparse
import json
import multiprocessing
import os
import platform
import shlex
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch
from tqdm import tqdm

import prunelab
from prunelab import LabError
from prunelab.data import DataNotFound, load_data
from prunelab.devices import best_device, chosen_device, device_name
from prunelab.files import write
from prunelab.results import RESULTS, load_results, result_file
from prunelab.training import BATCH, has_fast_bf16

Advance = Callable[[], None]  # to be called after each step of training


@dataclass(frozen=True)
class Run:
    """What data/results/NAME.json holds: `train(settings, seed, advance)` of each seed, about `steps` steps each."""

    name: str
    settings: dict
    train: Callable[[dict, int, Advance], dict]
    seeds: int
    steps: int
    dataset: str | None = None  # None: the one that PRUNELAB_DATASET names
    text: str | None = None  # the text that was read instead of a dataset

    @property
    def partial(self) -> Path:
        """Where finished seeds are kept until all are done."""
        return RESULTS / "partial" / f"{self.name}.json"

    def finished(self) -> list[dict]:
        """The seeds that an interrupted run with the same settings has left."""
        if not self.partial.exists():
            return []
        record = json.loads(self.partial.read_text())
        same = record["settings"] == json.loads(json.dumps(self.settings))  # JSON has lists for tuples
        return record["seeds"] if same else []

    def seconds(self) -> float:
        """How long a seed took when data/results/NAME.json was made; 0 if it never was."""
        try:
            seeds = load_results(self.name)["seeds"]
        except DataNotFound:
            return 0
        return sum(seed["seconds"] for seed in seeds) / len(seeds)

    def keep(self, seeds: list[dict]) -> None:
        """Save the finished seeds; move the file to its final path once all are done."""
        record = {"dataset": self.text or load_data(self.dataset).name, "settings": self.settings} | provenance()
        record["seeds"] = sorted(seeds, key=lambda seed: seed["seed"])
        write(self.partial, (json.dumps(record, indent=1) + "\n").encode())
        if len(seeds) == self.seeds:
            self.partial.replace(result_file(self.name))


def provenance() -> dict:
    """What ran, and where: command, versions, device, number format and threads."""
    device = chosen_device()
    return {
        "command": shlex.join(["python", *sys.argv]),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "prunelab": prunelab.__version__},
        "device": device_name(device),
        "bf16": has_fast_bf16(device),
        "threads": 1,
    }


def main(description: str, runs: dict[str, Callable[[], Run]]) -> None:
    """The command line of a recipe: train all of the `runs`, or those of the networks that it names."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("networks", nargs="*", default=list(runs), metavar="NETWORK", help=f"of {', '.join(runs)}")
    chosen = parser.parse_args().networks
    if unknown := set(chosen) - set(runs):
        parser.error(f"no network is called {', '.join(sorted(unknown))}; choose from {', '.join(runs)}")
    try:
        run_all([run() for name, run in runs.items() if name in chosen])
    except LabError as error:
        sys.exit(f"{Path(sys.argv[0]).stem}: {error}")


def epoch(dataset: str | None = None) -> int:
    """Steps of training in an epoch."""
    return len(load_data(dataset).train) // BATCH


def run_all(runs: list[Run]) -> None:
    """Train every missing seed, as many at a time as there are processors, on the best device unless one is chosen."""
    os.environ.setdefault("PRUNELAB_DEVICE", best_device())
    kept = {run.name: run.finished() for run in runs}
    done = {(name, seed["seed"]) for name, seeds in kept.items() for seed in seeds}
    jobs = [(run, seed) for seed in range(max(run.seeds for run in runs)) for run in runs if seed < run.seeds]
    jobs = [(run, seed) for run, seed in jobs if (run.name, seed) not in done]
    processes = os.cpu_count() or 1
    print(_announcement(jobs, len(done), processes), flush=True)
    spawn = multiprocessing.get_context("spawn")
    counter = spawn.Value("q", 0)
    bar = tqdm(total=sum(run.steps for run, _ in jobs), unit="step", smoothing=0.02, mininterval=2, file=sys.stdout)
    with bar, ProcessPoolExecutor(processes, spawn, _prepare, (counter,)) as pool:
        waiting = {pool.submit(_train, run, seed): (run, seed) for run, seed in jobs}
        while waiting:
            finished, _ = wait(waiting, timeout=5, return_when=FIRST_COMPLETED)
            bar.update(counter.value - bar.n)
            for future in finished:
                run, seed = waiting.pop(future)
                kept[run.name].append(future.result())
                run.keep(kept[run.name])
                bar.write(f"{run.name}, seed {seed}: finished after {kept[run.name][-1]['seconds']:.0f} s")


def _announcement(jobs: list[tuple[Run, int]], done: int, processes: int) -> str:
    seconds = sum(run.seconds() for run, _ in jobs) / processes
    estimate = f"about {seconds / 60:.0f} minutes, as in the last full run" if seconds else "no estimate yet"
    return f"{len(jobs)} seeds to train, {done} kept of an interrupted run; {processes} at a time: {estimate}."


def _prepare(counter) -> None:
    """One thread per process: two processes do more than one with two threads, which wait for each other."""
    global steps_done
    torch.set_num_threads(1)
    steps_done = counter
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """End when the run is killed: a worker without its parent would stay for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _advance() -> None:
    with steps_done.get_lock():
        steps_done.value += 1


def _train(run: Run, seed: int) -> dict:
    start = time.perf_counter()
    found = run.train(run.settings, seed, _advance)
    seconds = round(time.perf_counter() - start)
    return {"seed": seed, "date": datetime.now(UTC).date().isoformat(), "seconds": seconds} | found
