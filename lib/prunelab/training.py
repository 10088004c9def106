"""Train and evaluate, seeded, on the device of `prunelab.devices`; in bf16 where it has matrix units for that."""

import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.prune import BasePruningMethod
from torch.utils.data import TensorDataset
from tqdm import tqdm

from prunelab.devices import CPU, Together, chosen_device, device_of

BATCH = 128


def has_fast_bf16(device: torch.device = CPU) -> bool:
    """Whether bf16 is faster than float32: a GPU has it, or the processor has AMX and ONEDNN_MAX_CPU_ISA allows it."""
    if device.type != "cpu":
        return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper()
    hidden = limit not in ("", "ALL", "DEFAULT") and "AMX" not in limit
    return not hidden and bool(torch.cpu.get_capabilities().get("amx_bf16"))


def autocast(device: torch.device = CPU) -> torch.autocast:
    """The context in which every forward pass of the course runs."""
    return torch.autocast(device.type, torch.bfloat16, enabled=has_fast_bf16(device))


def seeded(seed: int) -> torch.Generator:
    """A random number generator with its own `seed`."""
    return torch.Generator().manual_seed(seed)


def fit(
    model: nn.Module,
    dataset: TensorDataset,
    *,
    steps: int,
    lr: float = 0.05,
    weight_decay: float = 5e-4,
    augment: bool = False,
    seed: int = 0,
    start: int = 0,
    after_step: Callable[[], None] | None = None,
    progress: str | None = None,
) -> list[float]:
    """Train `model` in place for `steps` batches with Nesterov momentum and return the loss of each step.

    The learning rate rises to `lr` over the first tenth of the steps and falls to zero along a cosine (Smith & Topin
    2019). `after_step` runs after each update, which is where a pruner puts its zeros back. `progress` labels a bar.
    The model trains on the device of PRUNELAB_DEVICE; its place, masks, hooks and memory formats are afterwards as
    they were.
    With `start`, the first batches and their learning rates are skipped: weights rewound to that step go on as the
    first time, but for the momentum, which begins at zero.
    """
    torch.manual_seed(seed)
    model.train()
    losses = []
    quiet = progress is None
    with _placed(model) as device, _channels_last(model):
        optimizer, schedule = _one_cycle(model, steps, lr, weight_decay)
        shuffled = batches(TensorDataset(*(tensor.to(device) for tensor in dataset.tensors)), steps)
        bar = tqdm(shuffled, total=steps, desc=progress, disable=quiet, file=sys.stdout, mininterval=2)
        for step, (images, labels) in enumerate(bar):
            if step < start:
                optimizer.step()  # without gradients it changes nothing; the schedule asks for it
                schedule.step()
                continue
            images = (augment_images(images) if augment else images).contiguous(memory_format=torch.channels_last)
            with autocast(device):
                loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if after_step:
                with Together() if device != CPU else nullcontext():
                    after_step()
            losses.append(loss.detach())
    return torch.stack(losses).tolist()


@contextmanager
def _placed(model: nn.Module) -> Generator[torch.device]:
    """Inside, the model lies on the device of PRUNELAB_DEVICE, unless it was placed on one; afterwards as before."""
    home = device_of(model)
    device = chosen_device() if home == CPU else home
    model.to(device)
    try:
        yield device
    finally:
        if device != home:
            _apply_masks(model.to(home))


@contextmanager
def _channels_last(model: nn.Module) -> Generator[None]:
    """Inside, weights lie in memory as convolutions are fast with them; afterwards as before."""
    usual = {name for name, tensor in _tensors(model) if tensor.is_contiguous()}
    model.to(memory_format=torch.channels_last)
    try:
        yield
    finally:
        for name, tensor in _tensors(model):
            if name in usual:
                tensor.data = tensor.data.contiguous()
        _apply_masks(model)


def _tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from model.named_parameters()
    yield from model.named_buffers()


@torch.no_grad()
def _apply_masks(model: nn.Module) -> None:
    """Let torch's pruner make its masked weights again, which still lie in memory as those before."""
    for module in model.modules():
        for hook in module._forward_pre_hooks.values():
            if isinstance(hook, BasePruningMethod):
                hook(module, None)


def _one_cycle(
    model: nn.Module, steps: int, lr: float, weight_decay: float
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """The optimizer of `fit` and the schedule of its learning rate."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=weight_decay, nesterov=True)
    total = max(3, steps)  # torch's schedule divides by zero unless it rises and falls for a step each
    rising = max(0.1, 2 / total)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=lr, total_steps=total, pct_start=rising, cycle_momentum=False
    )
    return optimizer, schedule


def batches(dataset: TensorDataset, steps: int):
    """Yield `steps` shuffled batches, each image once an epoch."""
    images, labels = dataset.tensors
    order = torch.empty(0, dtype=torch.long)
    for _ in range(steps):
        if not len(order):
            order = torch.randperm(len(labels))
        chosen, order = order[:BATCH], order[BATCH:]
        yield images[chosen], labels[chosen]


def augment_images(images: Tensor) -> Tensor:
    """Mirror half of the images and shift each by up to two pixels; (N, C, H, W) in and out."""
    count, channels, height, width = images.shape
    turned = (torch.rand(count, 1, 1, 1) < 0.5).to(images.device)  # drawn on the CPU, the same for every device
    mirrored = torch.where(turned, images.flip(-1), images)
    padded = F.pad(mirrored, (2, 2, 2, 2), mode="replicate")
    rows = torch.randint(5, (count, 1)) + torch.arange(height)  # (N, H)
    columns = torch.randint(5, (count, 1)) + torch.arange(width)  # (N, W)
    image, channel = torch.arange(count)[:, None, None, None], torch.arange(channels)[None, :, None, None]
    return padded[image, channel, rows[:, None, :, None], columns[:, None, None, :]]


@torch.no_grad()
def accuracy(model: nn.Module, dataset: TensorDataset) -> float:
    """Share of the dataset's images that the model labels correctly, in per cent; the model is left in eval mode."""
    model.eval()
    correct = 0
    with _placed(model) as device:
        for images, labels in zip(*(tensor.split(1000) for tensor in dataset.tensors), strict=True):
            with autocast(device):
                predicted = model(images.to(device).contiguous(memory_format=torch.channels_last)).argmax(1)
            correct += (predicted == labels.to(device)).sum().item()
    return 100 * correct / len(dataset)
