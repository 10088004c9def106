"""The labs run on any folder of images, with networks that the recipe trains on it."""

import json
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

import bank

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "recipes" / "checkpoints.py"
OTHER_DATA = [pytest.mark.whole, pytest.mark.xdist_group("other data")]  # for which networks are trained first


@pytest.fixture(scope="module")
def settings(tmp_path_factory, run_in) -> dict[str, str]:
    """An environment with images of three classes, bright in three places, and networks for them."""
    folder = tmp_path_factory.mktemp("places")
    torch.manual_seed(0)
    for part, count in (("train", 240), ("test", 40)):
        for place, label in enumerate(("left", "middle", "right")):
            (folder / part / label).mkdir(parents=True)
            for number in range(count):
                pixels = torch.randint(128, (24, 30, 3), dtype=torch.uint8)
                pixels[:, 10 * place : 10 * place + 10] += 64
                Image.fromarray(pixels.numpy()).save(folder / part / label / f"{number}.png")
    chosen = {"PRUNELAB_DATASET": f"folder:{folder}", "PRUNELAB_DATA": str(tmp_path_factory.mktemp("data"))}
    networks = ("lenet300", "lenet5", "alexnet", "vgg", "vgg_l1", "resnet")
    trained = run_in(folder, sys.executable, str(RECIPE), *networks, "--epochs", "8", **chosen)
    assert trained.returncode == 0, trained.stderr
    return chosen


@pytest.mark.parametrize("lab", [pytest.param(lab, marks=OTHER_DATA) for lab in bank.SOURCES])
def test_a_lab_runs_on_a_folder_of_images(lab, settings, no_language_model, copy_of_course, run_in):
    notebook = copy_of_course() / "solutions" / lab / f"{lab}.ipynb"
    command = ("jupyter", "nbconvert", "--to", "notebook", "--execute", "--output", "done", notebook.name)
    done = run_in(notebook.parent, *command, **settings | no_language_model)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.middle
def test_the_recipe_names_what_is_wrong(tmp_path, run_in):
    failed = run_in(tmp_path, sys.executable, str(RECIPE), "lenet5", PRUNELAB_DATASET="folder:nowhere")
    assert failed.returncode == 1
    assert failed.stderr.startswith("checkpoints: nowhere/train cannot be read")
    assert len(failed.stderr.splitlines()) == 1
    unknown = run_in(tmp_path, sys.executable, str(RECIPE), "lenet6")
    assert unknown.returncode == 2
    assert "no model is called lenet6; choose from lenet300, mlp, lenet5" in unknown.stderr


@pytest.mark.whole
@pytest.mark.xdist_group("other data")
def test_the_recipe_goes_on_where_it_was_killed(settings, tmp_path, run_in):
    options = ("lenet300", "lenet5", "--epochs", "1")
    (checkpoints,) = (Path(settings["PRUNELAB_DATA"]) / "checkpoints").iterdir()
    before = (checkpoints / "lenet300.safetensors").read_bytes()
    finished = checkpoints / "finished.json"
    finished.write_text(json.dumps({" ".join(options): ["lenet300"]}))
    done = run_in(tmp_path, sys.executable, str(RECIPE), *options, **settings)
    assert done.returncode == 0, done.stderr
    assert "lenet5: {" in done.stdout
    assert "lenet300: {" not in done.stdout
    assert (checkpoints / "lenet300.safetensors").read_bytes() == before
    assert not finished.exists()
