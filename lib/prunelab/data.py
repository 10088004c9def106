"""Images split once into train, validation and test.

`load_data()` reads the dataset that the environment variable PRUNELAB_DATASET names: `fashion_mnist` (the default) or
`mnist`, both in the repository, `cifar10` (downloaded once by torchvision) or `folder:PATH` (any folder with `train/`
and `test/`, one sub-folder a class).
"""

import gzip
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from prunelab import DataNotFound
from prunelab.files import DATA, RESTORE

FOLDERS = {"fashion_mnist": "FashionMNIST", "mnist": "MNIST"}  # of the datasets that the repository holds
CLASSES = {
    "fashion_mnist": ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
                      "Ankle boot"),
    "mnist": ("0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven",
              "8 - eight", "9 - nine"),
}  # fmt: skip
CHECKSUMS = {  # CRC-32 of their unpacked files
    "fashion_mnist": {
        "t10k-images-idx3-ubyte": 0x678FE0B1,
        "t10k-labels-idx1-ubyte": 0x80142C1F,
        "train-images-idx3-ubyte": 0xB4F29F28,
        "train-labels-idx1-ubyte": 0x741A4657,
    },
    "mnist": {
        "t10k-images-idx3-ubyte": 0x91373BDF,
        "t10k-labels-idx1-ubyte": 0x4AB9EFF9,
        "train-images-idx3-ubyte": 0xE9F4D8B3,
        "train-labels-idx1-ubyte": 0xE0CB4AD2,
    },
}
SPLIT_SEED = 2015  # the year of Han et al., "Learning both weights and connections"


@dataclass(frozen=True)
class Data:
    """A dataset: normalised float images (N, C, H, W) with integer labels (N,), in three disjoint splits."""

    name: str
    classes: tuple[str, ...]
    train: TensorDataset
    validation: TensorDataset
    test: TensorDataset

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of one image."""
        _, channels, height, width = self.train.tensors[0].shape
        return channels, height, width


def load_data(name: str | None = None) -> Data:
    """Return the dataset `name`, or the one PRUNELAB_DATASET names; raise DataNotFound with the fix."""
    name = name or os.environ.get("PRUNELAB_DATASET", "fashion_mnist")
    if name in FOLDERS:
        return _split(name, *(_mnist(name, train) for train in (True, False)))
    if name == "cifar10":
        return _split(name, *(_cifar10(train) for train in (True, False)))
    if name.startswith("folder:"):
        path = Path(name.removeprefix("folder:")).expanduser()
        return _split(f"folder-{path.name}", *(_folder(path, part) for part in ("train", "test")))
    known = ", ".join([*FOLDERS, "cifar10"])
    raise DataNotFound(f"No dataset is called {name!r}; set PRUNELAB_DATASET to {known} or folder:PATH.")


def _split(name: str, train: tuple, test: tuple) -> Data:
    """Normalise by the training images and set a seeded twelfth of them aside for validation."""
    (images, labels, classes), (test_images, test_labels, test_classes) = train, test
    if classes != test_classes:
        raise DataNotFound(f"{name}: train/ and test/ hold different classes; give both the same sub-folders.")
    channels = (0, 2, 3)
    mean = images.mean(channels, keepdim=True)
    std = images.std(channels, keepdim=True).clamp_min(1e-6)  # a constant channel stays finite
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(SPLIT_SEED))
    held_out, kept = order[: len(images) // 12], order[len(images) // 12 :]
    return Data(
        name,
        tuple(classes),
        train=TensorDataset((images[kept] - mean) / std, labels[kept]),
        validation=TensorDataset((images[held_out] - mean) / std, labels[held_out]),
        test=TensorDataset((test_images - mean) / std, test_labels),
    )


def _mnist(name: str, train: bool) -> tuple:
    """Fashion-MNIST or MNIST, which come in archives of the same form; nobody has to be able to write beside them."""
    part = "train" if train else "t10k"
    images, labels = (_unpacked(name, f"{part}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
    return images[16:].view(-1, 1, 28, 28) / 255, labels[8:].long(), CLASSES[name]


def _unpacked(name: str, file: str) -> Tensor:
    """Return the bytes of an archive."""
    archive = DATA / FOLDERS[name] / "raw" / f"{file}.gz"
    if not archive.is_file():
        raise DataNotFound(f"{archive} is missing; {RESTORE}.")
    try:
        content = bytearray(gzip.decompress(archive.read_bytes()))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataNotFound(f"{archive} is damaged ({error}); {RESTORE}.") from error
    if zlib.crc32(content) != CHECKSUMS[name][file]:
        raise DataNotFound(f"{archive} does not hold {file}; {RESTORE}.")
    return torch.frombuffer(content, dtype=torch.uint8)


def _cifar10(train: bool) -> tuple:
    from torchvision import datasets  # takes two seconds to import, and no dataset of the repository needs it

    try:
        dataset = datasets.CIFAR10(DATA, train=train, download=True)
    except (OSError, RuntimeError) as error:
        raise DataNotFound(
            f"CIFAR-10 is not complete under {DATA} and could not be downloaded ({error}); "
            "connect to the network once, or unset PRUNELAB_DATASET to use Fashion-MNIST."
        ) from error
    return torch.tensor(dataset.data).movedim(-1, 1) / 255, torch.tensor(dataset.targets), dataset.classes


def _folder(path: Path, part: str) -> tuple:
    """Read PATH/part as 32 x 32 colour images."""
    from torchvision import datasets  # as above
    from torchvision.transforms import v2

    steps = [v2.ToImage(), v2.RGB(), v2.Resize((32, 32), antialias=True), v2.ToDtype(torch.float32, scale=True)]
    try:
        dataset = datasets.ImageFolder(path / part, transform=v2.Compose(steps))
        images, labels = zip(*dataset, strict=True)
    except OSError as error:  # also Pillow's UnidentifiedImageError, whose message names the file
        raise DataNotFound(
            f"{path / part} cannot be read ({error}); it needs one sub-folder a class with images inside."
        ) from error
    return torch.stack(images), torch.tensor(labels), dataset.classes
