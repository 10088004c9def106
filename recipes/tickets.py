"""Lab 04: lottery tickets and their controls, rewound to several steps: `python recipes/tickets.py [NETWORK ...]`.

For each seed and each rewind step k a network is repeatedly trained, pruned by a fraction of its weights, and rewound.
At each size four networks are trained with the same number of weights in each layer:
  ticket         the mask that was found, the weights of step k,
  re-initialised the same mask, new random weights,
  shuffled       the weights of step k, each layer's mask shuffled,
  learning rate  only the learning rate schedule is rewound, not the weights (Renda et al. 2020).
"""

from copy import deepcopy
from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

from prunelab.data import load_data
from prunelab.devices import device_of
from prunelab.models import build
from prunelab.training import accuracy, autocast, fit
from pruning import Masks, full_masks, hold, magnitude_masks, random_masks
from runs import Advance, Run, main

State = dict[str, Tensor]


@dataclass(frozen=True)
class Settings:
    """Which network, on how many images, for how many steps; the fraction kept in each round; the rewind steps."""

    network: str
    width: float
    images: int
    steps: int
    lr: float
    keep: float
    rounds: int
    rewind: tuple[int, ...]
    augment: bool
    look_every: int = 100  # steps between two looks at the validation loss
    seeds: int = 5


SETTINGS = [
    Settings("lenet300", 1, 10_000, 1200, 0.1, keep=0.7, rounds=9, rewind=(0, 50, 200), augment=False),
    Settings("vgg", 0.5, 10_000, 400, 0.5, keep=0.3, rounds=3, rewind=(0, 20, 60), augment=False),
]


class Trial:
    """One seed of one network."""

    def __init__(self, settings: dict, seed: int, advance: Advance) -> None:
        self.settings, self.seed, self.advance, self.data = Settings(**settings), seed, advance, load_data()
        self.train = TensorDataset(*(tensor[: self.settings.images] for tensor in self.data.train.tensors))

    def results(self) -> dict:
        """The dense network, and a list of rounds for each rewind step and each of the four."""
        start = self.new(self.seed)
        snapshots = {step: deepcopy(start) for step in self.settings.rewind}
        dense, found = self.trained(start, None, snapshots=snapshots)
        records = {"dense": found, "rewind": {}}
        for step in self.settings.rewind:
            records["rewind"][step] = self.tickets(dense, snapshots[step], step)
        records["learning rate"] = self.learning_rate(dense)
        return records

    def tickets(self, dense: nn.Module, snapshot: State, step: int) -> dict[str, list[dict]]:
        """Iterative magnitude pruning with rewinding to `step`, and the two controls of each round."""
        model, masks = dense, full_masks(self.network())
        records = {"ticket": [], "re-initialised": [], "shuffled": []}
        for number in range(1, self.settings.rounds + 1):
            ones = full_masks(self.network())
            masks = magnitude_masks(model, masks, self.kept(number, masks))
            model, found = self.trained(snapshot, masks, start=step)
            records["ticket"].append(found)
            records["re-initialised"].append(self.trained(self.new(1000 + self.seed), masks)[1])
            shuffled = random_masks(ones, masks, seed=1000 * number + self.seed)
            records["shuffled"].append(self.trained(snapshot, shuffled, start=step)[1])
        return records

    def learning_rate(self, dense: nn.Module) -> list[dict]:
        """Iterative magnitude pruning that rewinds only the learning rate schedule."""
        model, masks, records = dense, full_masks(self.network()), []
        for number in range(1, self.settings.rounds + 1):
            masks = magnitude_masks(model, masks, self.kept(number, masks))
            model, found = self.trained(unpruned_state(model), masks)
            records.append(found)
        return records

    def kept(self, number: int, masks: Masks) -> int:
        total = sum(mask.numel() for mask in masks.values())
        return round(total * self.settings.keep**number)

    def network(self) -> nn.Module:
        return build(self.settings.network, self.data, self.settings.width)

    def new(self, seed: int) -> State:
        """The weights of a new network."""
        torch.manual_seed(seed)
        return deepcopy(self.network().state_dict())

    def trained(
        self, state: State, masks: Masks | None, *, start: int = 0, snapshots: dict[int, State] | None = None
    ) -> tuple[nn.Module, dict]:
        """A network trained from `state` and step `start`, and its record; fills `snapshots` during training."""
        model, settings = self.network(), self.settings
        model.load_state_dict(state)
        masks = masks or full_masks(model)
        hold(model, masks)
        watch = Watch(self, model, start, snapshots or {})
        fit(
            model, self.train, steps=settings.steps, lr=settings.lr, augment=settings.augment, seed=self.seed,
            start=start, after_step=watch.after_step,
        )  # fmt: skip
        return model, watch.record() | {"kept": {name: int(mask.sum()) for name, mask in masks.items()}}


class Watch:
    """Follows a training: snapshots at the rewind steps, and the step of the lowest validation loss."""

    def __init__(self, trial: Trial, model: nn.Module, step: int, snapshots: dict[int, State]) -> None:
        self.trial, self.model, self.step, self.snapshots = trial, model, step, snapshots
        self.losses = {}  # step: validation loss

    def after_step(self) -> None:
        """Count the step, take snapshots and measure the validation loss where due."""
        self.step += 1
        self.trial.advance()
        if self.step in self.snapshots:
            self.snapshots[self.step] = unpruned_state(self.model)
        if self.step % self.trial.settings.look_every == 0:
            self.losses[self.step] = round(loss(self.model, self.trial.data.validation), 4)
            self.model.train()

    def record(self) -> dict:
        """Accuracies in per cent at the end, and the validation losses during training."""
        data = self.trial.data
        return {
            "validation": round(accuracy(self.model, data.validation), 3),
            "test": round(accuracy(self.model, data.test), 3),
            "losses": self.losses,
        }


@torch.no_grad()
def loss(model: nn.Module, dataset: TensorDataset) -> float:
    """The mean cross-entropy of a model on a dataset."""
    model.eval()
    device, (images, labels) = device_of(model), dataset.tensors
    with autocast(device):
        logits = torch.cat([model(part) for part in images.to(device).split(1000)])
    return F.cross_entropy(logits.float(), labels.to(device)).item()


def unpruned_state(model: nn.Module) -> State:
    """The weights of a model under torch's pruner, by their names without it."""
    state = model.state_dict()
    return {name.removesuffix("_orig"): t.clone() for name, t in state.items() if not name.endswith("_mask")}


def results(settings: dict, seed: int, advance: Advance) -> dict:
    """What one seed gives, for runs.Run."""
    return Trial(settings, seed, advance).results()


def as_run(settings: Settings) -> Run:
    trainings = settings.rounds * (3 * len(settings.rewind) + 1) + 1
    late = sum(2 * settings.rounds * step for step in settings.rewind)
    steps = trainings * settings.steps - late
    return Run(f"tickets-{settings.network}", asdict(settings), results, settings.seeds, steps)


if __name__ == "__main__":
    main(__doc__, {settings.network: partial(as_run, settings) for settings in SETTINGS})
