"""The networks of the course, for images of 28 or 32 pixels, and their trained weights."""

import math
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_model
from torch import Tensor, nn
from torch.nn import functional as F

from prunelab import DataNotFound
from prunelab.data import Data
from prunelab.files import DATA, RESTORE


class LeNet300(nn.Sequential):
    """LeNet-300-100 (LeCun et al. 1998): two hidden linear layers."""

    def __init__(self, shape: tuple[int, int, int], classes: int, width: float = 1) -> None:
        first, second = scaled(300, width), scaled(100, width)
        super().__init__(
            nn.Flatten(),
            nn.Linear(math.prod(shape), first),
            nn.ReLU(),
            nn.Linear(first, second),
            nn.ReLU(),
            nn.Linear(second, classes),
        )


class MLP(nn.Sequential):
    """784-500-300-10 with batch norm, the MLP that Liu et al. (2017) slimmed."""

    def __init__(self, shape: tuple[int, int, int], classes: int, width: float = 1) -> None:
        first, second = scaled(500, width), scaled(300, width)
        super().__init__(
            nn.Flatten(),
            nn.Linear(math.prod(shape), first, bias=False), nn.BatchNorm1d(first), nn.ReLU(),
            nn.Linear(first, second, bias=False), nn.BatchNorm1d(second), nn.ReLU(),
            nn.Linear(second, classes),
        )  # fmt: skip


class LeNet5(nn.Module):
    """LeNet-5 in the form that Han et al. (2015) pruned: 20 and 50 filters of 5 x 5, 500 hidden units."""

    def __init__(self, shape: tuple[int, int, int], classes: int, width: float = 1) -> None:
        super().__init__()
        side = ((shape[1] - 4) // 2 - 4) // 2
        first, second, hidden = (scaled(size, width) for size in (20, 50, 500))
        self.features = nn.Sequential(
            nn.Conv2d(shape[0], first, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(second * side * side, hidden), nn.ReLU(), nn.Linear(hidden, classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.features(images))


class AlexNet(nn.Module):
    """AlexNet (Krizhevsky et al. 2012) for small images: five convolutions, then three linear layers with most weights.

    Kernels are 3 x 3 and strides 1, since images are 28 or 32 pixels wide, not 224; there is no response normalisation.
    """

    def __init__(self, shape: tuple[int, int, int], classes: int, width: float = 1) -> None:
        super().__init__()
        side = shape[1] // 8
        a, b, c, first, second = (scaled(size, width) for size in (32, 64, 96, 1024, 512))
        self.features = nn.Sequential(
            *_convolution(shape[0], a), nn.MaxPool2d(2),
            *_convolution(a, b), nn.MaxPool2d(2),
            *_convolution(b, c), *_convolution(c, c), *_convolution(c, b), nn.MaxPool2d(2),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.5), nn.Linear(b * side * side, first), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(first, second), nn.ReLU(),
            nn.Linear(second, classes),
        )  # fmt: skip

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.features(images))


class VGG(nn.Module):
    """VGG-11 with batch norm (Simonyan & Zisserman 2015), half as wide and without its last block.

    The fifth pooling of the original would leave less than one pixel of a 28-pixel image. The classifier is one linear
    layer, as in the VGG that Liu et al. (2017) slimmed.
    """

    widths = (32, "M", 64, "M", 128, 128, "M", 256, 256)

    def __init__(self, shape: tuple[int, int, int], classes: int, width: float = 1) -> None:
        super().__init__()
        layers, channels = [], shape[0]
        for size in self.widths:
            if size == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += _convolution(channels, scaled(size, width), norm=True)
                channels = scaled(size, width)
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.classifier = nn.Linear(channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.features(images))


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions around a shortcut (He et al. 2016); a 1 x 1 convolution where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        same = stride == 1 and inputs == outputs
        self.shortcut = (
            nn.Identity()
            if same
            else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        )

    def forward(self, images: Tensor) -> Tensor:
        hidden = F.relu(self.bn1(self.conv1(images)))
        return F.relu(self.bn2(self.conv2(hidden)) + self.shortcut(images))


class ResNet(nn.Module):
    """ResNet-14 for small images (He et al. 2016, section 4.2): three stages of two blocks, 16, 32 and 64 channels."""

    def __init__(self, shape: tuple[int, int, int], classes: int, width: float = 1) -> None:
        super().__init__()
        inputs = scaled(16, width)
        self.stem = nn.Sequential(*_convolution(shape[0], inputs, norm=True))
        stages = []
        for outputs, stride in ((inputs, 1), (scaled(32, width), 2), (scaled(64, width), 2)):
            stages += [ResidualBlock(inputs, outputs, stride), ResidualBlock(outputs, outputs, 1)]
            inputs = outputs
        self.stages = nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.classifier = nn.Linear(inputs, classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.stages(self.stem(images)))


def _convolution(inputs: int, outputs: int, norm: bool = False) -> list[nn.Module]:
    """A 3 x 3 convolution that keeps the size, batch norm if asked (it makes the bias redundant), and ReLU."""
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=not norm)
    return [convolution, *([nn.BatchNorm2d(outputs)] if norm else []), nn.ReLU()]


MODELS = {
    "lenet300": LeNet300,
    "mlp": MLP,
    "lenet5": LeNet5,
    "alexnet": AlexNet,
    "vgg": VGG,
    "vgg_l1": VGG,  # trained with a penalty on the scaling factors of its batch norms
    "resnet": ResNet,
}


def scaled(size: int, width: float) -> int:
    """A layer's number of channels or neurons in a network `width` times as wide."""
    return max(1, round(size * width))


def build(name: str, data: Data, width: float = 1) -> nn.Module:
    """A new network called `name` (a key of MODELS) for the images and classes of `data`, `width` times as wide."""
    if name not in MODELS:
        raise ValueError(f"No model is called {name!r}; choose one of {', '.join(MODELS)}.")
    return MODELS[name](data.shape, len(data.classes), width)


def checkpoint(name: str, data: Data) -> Path:
    """Where the trained weights of `name` on `data` lie."""
    return DATA / "checkpoints" / data.name / f"{name}.safetensors"


def load(name: str, data: Data) -> nn.Module:
    """The trained network `name` in eval mode; raise DataNotFound with the command that trains it if there is none."""
    model, path = build(name, data), checkpoint(name, data)
    try:
        load_model(model, path)
    except FileNotFoundError as error:
        raise DataNotFound(
            f"{path} is missing; {RESTORE}, or train it with `python recipes/checkpoints.py {name}`."
        ) from error
    except (SafetensorError, RuntimeError) as error:
        raise DataNotFound(f"{path} is damaged or of another model ({error}); restore or retrain it.") from error
    return model.eval()


def record(name: str, data: Data) -> dict[str, str]:
    """What is known of a checkpoint: accuracies in per cent, seed, steps, command, versions and date, as text."""
    with safe_open(checkpoint(name, data), "pt") as file:
        return file.metadata()
