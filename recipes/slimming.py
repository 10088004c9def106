"""Lab 05: network slimming (Liu et al. 2017): `python recipes/slimming.py [NETWORK ...]`.

Each seed of a network is trained with several penalties on its scaling factors. For each penalty and each fraction of
the channels, those with the smallest factors are removed, and the small network is measured as it is; those of the main
penalty are retrained. At the main penalty and fraction, with as many steps of training in total:
  no penalty   the network trained without one, also pruned by its factors, and retrained,
  random       as many channels of each layer, chosen at random from the penalised network, and retrained,
  dense        the network trained without a penalty, and retrained without pruning: the control,
  one cycle    a dense network that has all steps in one learning rate decay: the best baseline,
  scratch      the small network with new weights, trained like that baseline.
The settings were chosen on the validation split of seed 0; the test split chose nothing.
"""

from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

import channels
from channels import Kept, norms, prune_channels, random_kept
from runs import Advance, Run, epoch, main


@dataclass(frozen=True)
class Settings:
    """How a network is trained: epochs with the penalty and after pruning, and the peak rates of their cycles."""

    network: str
    lr: float
    retrain_lr: float
    epochs: int
    retrain_epochs: int
    penalties: tuple[float, ...]  # lambda, the first is 0
    shares: tuple[float, ...]  # of all channels, cut; the first is 0
    penalty: float  # the main one
    share: float  # the main one
    seeds: int
    dataset: str | None = None  # None: the one that PRUNELAB_DATASET names

    @property
    def name(self) -> str:
        return "-".join(filter(None, (self.network, self.dataset)))


SETTINGS = [
    Settings(
        "vgg", 0.1, 0.1, 8, 8, penalties=(0, 3e-4, 1e-3), shares=(0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        penalty=1e-3, share=0.6, seeds=3,
    ),
    *(
        Settings(
            "mlp", 0.1, 0.1, 12, 12, penalties=(0, 5e-4, 2e-3), shares=(0, 0.2, 0.4, 0.6, 0.7, 0.78, 0.85, 0.9),
            penalty=2e-3, share=0.78, seeds=3, dataset=dataset,
        )
        for dataset in (None, "mnist")
    ),
]  # fmt: skip


class Trial(channels.Trial):
    """One seed of one network: every arm of the comparison."""

    settings_type = Settings

    def results(self) -> dict:
        """The penalties with their cuts, and the arms at the main one."""
        trained = {penalty: self.trained(self.new(), penalty) for penalty in self.settings.penalties}
        main = trained[self.settings.penalty]
        kept = global_kept(main, self.settings.share)
        small = prune_channels(main, kept, self.data.shape)
        return {
            "penalties": {penalty: self.cuts(model) for penalty, model in trained.items()},
            "retrained": [self.retrained(main, global_kept(main, fraction)) for fraction in self.settings.shares],
            "no penalty": self.retrained(trained[0], global_kept(trained[0], self.settings.share)),
            "random": self.retrained(main, random_kept(main, kept, self.seed)),
            "dense": self.retrained(trained[0], global_kept(trained[0], 0)),
            "one cycle": self.scratch(self.new()),
            "scratch": self.scratch(channels.renewed(small, self.seed)),
        }

    def trained(self, model: nn.Module, penalty: float) -> nn.Module:
        """`model`, trained in place with a penalty on its scaling factors."""
        hooks = penalise(model, penalty)
        self.first_cycle(model)
        for hook in hooks:
            hook.remove()
        return model

    def cuts(self, model: nn.Module) -> dict:
        """The factors of a trained network, and the record of the small network for each fraction removed."""
        small = [prune_channels(model, global_kept(model, part), self.data.shape) for part in self.settings.shares]
        return {
            "factors": {name: norm.weight.abs().tolist() for name, norm in norms(model).items()},
            "cut": [self.record(model) for model in small],
        }


def penalise(model: nn.Module, penalty: float) -> list[RemovableHandle]:
    """Add the subgradient of penalty * |factor| to the gradients of all scaling factors (Liu et al. 2017, eq. 1).

    It is added in each backward pass until the handles are removed.
    """

    def pull(factors: Tensor) -> None:
        factors.grad.add_(factors.detach().sign(), alpha=penalty)

    return [norm.weight.register_post_accumulate_grad_hook(pull) for norm in norms(model).values()]


def global_kept(model: nn.Module, fraction: float) -> Kept:
    """The channels kept when the `fraction` with the smallest factors overall is removed; at least one per layer."""
    factors = {name: norm.weight.detach().abs() for name, norm in norms(model).items()}
    everything = torch.cat(list(factors.values()))
    cut = torch.zeros(len(everything), dtype=torch.bool)
    cut[everything.argsort()[: round(fraction * len(everything))]] = True
    pieces = cut.split([len(factor) for factor in factors.values()])
    kept = {name: (~piece).nonzero().flatten() for name, piece in zip(factors, pieces, strict=True)}
    return {name: places if len(places) else factors[name].argmax().reshape(1) for name, places in kept.items()}


def results(settings: dict, seed: int, advance: Advance) -> dict:
    """What one seed gives, for runs.Run."""
    return Trial(settings, seed, advance).results()


def as_run(settings: Settings) -> Run:
    """The run that data/results/slimming-NETWORK.json records."""
    retrainings = len(settings.shares) + 3
    epochs = len(settings.penalties) * settings.epochs + retrainings * settings.retrain_epochs
    epochs += 2 * (settings.epochs + settings.retrain_epochs)
    steps = epochs * epoch(settings.dataset)
    return Run(f"slimming-{settings.name}", asdict(settings), results, settings.seeds, steps, settings.dataset)


if __name__ == "__main__":
    main(__doc__, {settings.name: partial(as_run, settings) for settings in SETTINGS})
