"""Train the networks of the course and save them with their record: `python recipes/checkpoints.py [MODEL ...]`.

The settings were fixed beforehand; the test split is read once, when a network is finished.
PRUNELAB_DATASET chooses the dataset, PRUNELAB_DEVICE another device than the best that torch finds. A run that was
killed continues with its unfinished networks.
"""

import argparse
import json
import os
import shlex
import sys
from datetime import UTC, datetime

import torch
from safetensors.torch import save_model

from prunelab import LabError
from prunelab.data import Data, load_data
from prunelab.devices import best_device, chosen_device, device_name
from prunelab.files import write
from prunelab.models import MODELS, build, checkpoint, record
from prunelab.training import BATCH, accuracy, fit
from slimming import penalise

SETTINGS = {  # epochs, then the arguments of training.fit
    "lenet300": (30, dict(lr=0.05)),
    "mlp": (30, dict(lr=0.05)),
    "lenet5": (30, dict(lr=0.02, augment=True)),
    "alexnet": (40, dict(lr=0.02, augment=True)),
    "vgg": (30, dict(lr=0.1, augment=True)),
    "vgg_l1": (20, dict(lr=0.1, augment=True)),
    "resnet": (30, dict(lr=0.1, augment=True)),
}
PENALTIES = {"vgg_l1": 1e-3}  # on the scaling factors of the batch norms (Liu et al. 2017)


def train(name: str, data: Data, seed: int, epochs: int | None) -> None:
    """Train one network and save it under data/checkpoints/."""
    default, settings = SETTINGS[name]
    steps = max(1, (epochs or default) * len(data.train) // BATCH)
    torch.manual_seed(seed)
    model = build(name, data)
    penalise(model, PENALTIES.get(name, 0))
    fit(model, data.train, steps=steps, seed=seed, progress=name, **settings)
    metadata = dict(
        dataset=data.name,
        validation_accuracy=f"{accuracy(model, data.validation):.2f}",
        test_accuracy=f"{accuracy(model, data.test):.2f}",
        seed=str(seed),
        steps=str(steps),
        command=shlex.join(["python", *sys.argv]),
        torch=torch.__version__,
        device=device_name(chosen_device()),
        date=datetime.now(UTC).date().isoformat(),
    )
    path = checkpoint(name, data)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_model(model.to(memory_format=torch.contiguous_format), str(path), metadata=metadata)
    path.chmod(0o644)  # safetensors makes it readable by its owner only, and submissions are graded as another user
    print(f"{name}: {metadata}", flush=True)


def write_table(data: Data) -> None:
    """List all checkpoints of a dataset, with their records, in a README beside them."""
    rows = [(name, record(name, data)) for name in MODELS if checkpoint(name, data).exists()]
    columns = ("validation_accuracy", "test_accuracy", "seed", "steps", "command", "torch", "date")
    lines = ["| network | " + " | ".join(column.replace("_", " ") for column in columns) + " |", "|---" * 8 + "|"]
    lines += [f"| {name} | " + " | ".join(row[column] for column in columns) + " |" for name, row in rows]
    title = f"# Networks trained on {data.name}\n\nWritten by `recipes/checkpoints.py`; accuracies in per cent.\n\n"
    checkpoint("README", data).with_suffix(".md").write_text(title + "\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=list(MODELS), metavar="MODEL", help=f"of {', '.join(MODELS)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, help="default: as many as the shipped checkpoints had")
    arguments = parser.parse_args()
    if unknown := set(arguments.models) - set(MODELS):
        parser.error(f"no model is called {', '.join(sorted(unknown))}; choose from {', '.join(MODELS)}")
    try:
        data = load_data()
    except LabError as error:
        sys.exit(f"checkpoints: {error}")
    os.environ.setdefault("PRUNELAB_DEVICE", best_device())
    command = shlex.join(sys.argv[1:])
    finished = checkpoint("finished", data).with_suffix(".json")  # the networks of a run that was killed
    done = json.loads(finished.read_text()).get(command, []) if finished.exists() else []
    for name in (name for name in arguments.models if name not in done):
        train(name, data, arguments.seed, arguments.epochs)
        write_table(data)
        done.append(name)
        write(finished, json.dumps({command: done}).encode())
    finished.unlink()


if __name__ == "__main__":
    main()
