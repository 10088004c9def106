"""Lab 03: what pruning does to overfitting, with clean and with noisy labels: `python recipes/gap.py`.

LeNet-300-100 memorises 1,000 images; it is pruned once to each fraction of its weights and retrained for as many steps
again. Fraction 1 is the dense network with the same retraining.
"""

import sys
from copy import deepcopy

import torch
from torch.utils.data import TensorDataset

from prunelab import LabError
from prunelab.data import Data, load_data
from prunelab.models import build
from prunelab.training import accuracy, fit, seeded
from pruning import full_masks, hold, magnitude_masks
from runs import Advance, Run, run_all

SETTINGS = {
    "network": "lenet300",
    "images": 1000,
    "noise": 0.5,  # the share of labels replaced at random
    "steps": 400,
    "shares": (1.0, 0.3, 0.1, 0.05, 0.03, 0.02, 0.015, 0.01, 0.007, 0.005),
}


def results(settings: dict, seed: int, advance: Advance) -> dict:
    """Training and validation accuracy for each fraction kept, with clean and with noisy labels."""
    data = load_data()
    images, labels = (tensor[: settings["images"]] for tensor in data.train.tensors)
    random = torch.randint(len(data.classes), labels.shape, generator=seeded(1000 + seed))
    wrong = torch.rand(labels.shape, generator=seeded(seed)) < settings["noise"]
    targets = {"clean": labels, "noisy": torch.where(wrong, random, labels)}
    trains = {name: TensorDataset(images, target) for name, target in targets.items()}
    return {name: curve(settings, data, train, seed, advance) for name, train in trains.items()}


def curve(settings: dict, data: Data, train: TensorDataset, seed: int, advance: Advance) -> list[dict]:
    """Accuracies on the training images, with the labels used in training, and on the validation split."""
    torch.manual_seed(seed)
    model = build(settings["network"], data)
    fit(model, train, steps=settings["steps"], seed=seed, after_step=advance)
    points = []
    for fraction in settings["shares"]:
        pruned, full = deepcopy(model), full_masks(model)
        total = sum(mask.numel() for mask in full.values())
        hold(pruned, magnitude_masks(pruned, full, round(fraction * total)))
        fit(pruned, train, steps=settings["steps"], seed=seed + 1000, after_step=advance)
        found = {"train": accuracy(pruned, train), "validation": accuracy(pruned, data.validation)}
        points.append({"share": fraction} | {split: round(value, 3) for split, value in found.items()})
    return points


def main() -> None:
    trainings = 2 * (1 + len(SETTINGS["shares"]))
    try:
        run_all([Run("gap-lenet300", SETTINGS, results, seeds=5, steps=trainings * SETTINGS["steps"])])
    except LabError as error:
        sys.exit(f"gap: {error}")


if __name__ == "__main__":
    main()
