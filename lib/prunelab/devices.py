"""Where networks train: on the CPU, or on the device that PRUNELAB_DEVICE names, such as cuda or mps."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from prunelab import LabError

CPU = torch.device("cpu")


def chosen_device() -> torch.device:
    """The device that PRUNELAB_DEVICE names, the CPU if it is not set; LabError where torch does not find it."""
    name = os.environ.get("PRUNELAB_DEVICE") or "cpu"
    if name.partition(":")[0] not in ("cpu", best_device()):
        raise LabError(f"torch finds no device {name!r} here; set PRUNELAB_DEVICE to {best_device()}, or unset it.")
    return torch.device(name)


def best_device() -> str:
    """The kind of accelerator that torch finds, such as cuda or mps; cpu if it finds none."""
    found = torch.accelerator.current_accelerator(check_available=True)
    return found.type if found else "cpu"


def device_name(device: torch.device) -> str:
    """What a record says of a device: a GPU's own name, or its kind."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def device_of(model: nn.Module) -> torch.device:
    """Where a model lies; the CPU for one without parameters."""
    return next((parameter.device for parameter in model.parameters()), CPU)


class Together(TorchFunctionMode):
    """Inside, a function of tensors on two devices runs on the accelerator, or where the tensor that it changes lies.

    So a mask on the CPU meets the weights of a network that trains on a GPU, in whatever way a student wrote it.
    """

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        kwargs = kwargs or {}
        places = [tensor.device for tensor in _tensors((args, kwargs))]
        if len(set(places)) > 1:
            place = places[0] if _changes_its_first(func) else next(each for each in places if each != CPU)
            args, kwargs = _moved(args, place), _moved(kwargs, place)
        return func(*args, **kwargs)


def _changes_its_first(func: Callable) -> bool:
    """Whether a function changes its first argument: torch names these add_, __iand__ or __setitem__."""
    name = func.__name__
    return name == "__setitem__" or (name.startswith("__i") if name.endswith("__") else name.endswith("_"))


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _tensors(each)


def _moved(value: Any, place: torch.device) -> Any:
    if isinstance(value, Tensor):
        return value.to(place)
    if isinstance(value, dict):
        return {key: _moved(each, place) for key, each in value.items()}
    return type(value)(_moved(each, place) for each in value) if isinstance(value, list | tuple) else value
