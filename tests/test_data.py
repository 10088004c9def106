"""Datasets: real files, real splits, and one sentence for each thing that can be wrong with them."""

import gzip
import pickle
import shutil

import pytest
import torch
from PIL import Image

from prunelab import data
from prunelab.data import DataNotFound, load_data

RAW = data.DATA / "FashionMNIST" / "raw"


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """A data folder of its own with the four real archives."""
    folder = tmp_path / "FashionMNIST" / "raw"
    folder.mkdir(parents=True)
    for archive in RAW.glob("*.gz"):
        shutil.copy(archive, folder)
    monkeypatch.setattr(data, "DATA", tmp_path)
    return folder


DIGITS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # MNIST's training images of each class


@pytest.mark.parametrize(
    ("name", "last", "counts"), [("fashion_mnist", "Ankle boot", [6000] * 10), ("mnist", "9 - nine", DIGITS)]
)
def test_a_dataset_of_the_repository_is_whole_and_split_without_overlap(name, last, counts):
    loaded = load_data(name)
    assert [len(split) for split in (loaded.train, loaded.validation, loaded.test)] == [55_000, 5_000, 10_000]
    assert loaded.shape == (1, 28, 28)
    assert loaded.classes[9] == last
    labels = torch.cat([loaded.train.tensors[1], loaded.validation.tensors[1]])
    assert torch.bincount(labels).tolist() == counts  # together the splits hold every training image once
    together = torch.cat([loaded.train.tensors[0], loaded.validation.tensors[0]])
    assert together.mean().abs() < 1e-3
    assert (together.std() - 1).abs() < 1e-3


def test_the_split_is_the_same_every_time():
    first, second = load_data("fashion_mnist"), load_data("fashion_mnist")
    assert torch.equal(first.validation.tensors[0], second.validation.tensors[0])


@pytest.mark.parametrize("name", ["fashion_mnist", "mnist"])
def test_the_images_are_those_that_torchvision_reads(name, tmp_path):
    from torchvision import datasets  # takes seconds

    kind = getattr(datasets, data.FOLDERS[name])
    folder = tmp_path / kind.__name__ / "raw"
    folder.mkdir(parents=True)
    for archive in (data.DATA / kind.__name__ / "raw").glob("*.gz"):
        (folder / archive.stem).write_bytes(gzip.decompress(archive.read_bytes()))
    images, labels, classes = data._mnist(name, train=False)
    theirs = kind(tmp_path, train=False)
    assert torch.equal(images[:, 0], theirs.data / 255)
    assert torch.equal(labels, theirs.targets)
    assert list(classes) == theirs.classes


def test_nothing_is_written_beside_the_archives(raw):
    before = sorted(raw.iterdir())
    load_data("fashion_mnist")
    assert sorted(raw.iterdir()) == before


@pytest.mark.parametrize("harm", ["missing", "truncated", "flipped", "empty", "no archive"])
def test_a_bad_archive_gets_one_sentence_with_the_fix(raw, harm):
    archive = raw / "train-labels-idx1-ubyte.gz"
    content = bytearray(archive.read_bytes())
    if harm == "missing":
        archive.unlink()
    elif harm == "truncated":
        archive.write_bytes(content[: len(content) // 2])
    elif harm == "flipped":
        content[len(content) // 2] ^= 0xFF
        archive.write_bytes(content)
    else:
        archive.write_bytes(b"" if harm == "empty" else b"not an archive")
    with pytest.raises(DataNotFound, match=r"train-labels-idx1-ubyte\.gz.*restore it with `git checkout -- data`"):
        load_data("fashion_mnist")


def test_an_archive_of_something_else_gets_one_sentence(raw):
    with gzip.open(raw / "train-labels-idx1-ubyte.gz", "wb") as file:
        file.write(b"hello")
    with pytest.raises(DataNotFound, match=r"does not hold train-labels.*git checkout"):
        load_data("fashion_mnist")


def test_an_unknown_dataset_names_the_known_ones(monkeypatch):
    monkeypatch.setenv("PRUNELAB_DATASET", "mnits")
    with pytest.raises(DataNotFound, match=r"'mnits'.*fashion_mnist, mnist, cifar10 or folder:PATH"):
        load_data()


def test_cifar10_without_a_network_names_the_fix(tmp_path, monkeypatch):
    from torchvision import datasets  # takes seconds

    monkeypatch.setattr(data, "DATA", tmp_path)
    monkeypatch.setattr(datasets.CIFAR10, "url", "http://127.0.0.1:9/cifar.tar.gz")  # a closed port
    with pytest.raises(DataNotFound, match=r"CIFAR-10 is not complete.*connect to the network once"):
        load_data("cifar10")


def test_cifar10_loads_through_torchvisions_class(tmp_path, monkeypatch):
    from torchvision import datasets  # takes seconds

    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    pixels = torch.randint(256, (24, 3072), dtype=torch.uint8).numpy()
    for name in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
        (folder / name).write_bytes(pickle.dumps({"data": pixels, "labels": list(range(10)) * 2 + [0] * 4}))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": [f"class {i}" for i in range(10)]}))
    monkeypatch.setattr(data, "DATA", tmp_path)
    monkeypatch.setattr(datasets.CIFAR10, "_check_integrity", lambda self: True)  # these are not the real checksums
    monkeypatch.setattr(datasets.cifar, "check_integrity", lambda *_: True)
    loaded = load_data("cifar10")
    assert loaded.shape == (3, 32, 32)
    assert [len(loaded.train), len(loaded.validation), len(loaded.test)] == [110, 10, 24]


@pytest.fixture
def folder(tmp_path):
    """24 training and 12 test images of two classes, in sizes and colour modes of their own."""
    for part, count in (("train", 12), ("test", 6)):
        for label in ("cat", "dog"):
            (tmp_path / part / label).mkdir(parents=True)
            for i in range(count):
                image = Image.new("L" if i % 2 else "RGB", (20 + i, 40), color=i)
                image.save(tmp_path / part / label / f"{i}.png")
    return tmp_path


def test_a_folder_of_images_is_a_dataset(folder, monkeypatch):
    monkeypatch.setenv("PRUNELAB_DATASET", f"folder:{folder}")
    loaded = load_data()
    assert loaded.classes == ("cat", "dog")
    assert loaded.shape == (3, 32, 32)
    assert [len(loaded.train), len(loaded.validation), len(loaded.test)] == [22, 2, 12]


def test_folder_errors_name_what_is_wrong(folder):
    with pytest.raises(DataNotFound, match=r"nowhere.train cannot be read"):
        load_data(f"folder:{folder / 'nowhere'}")
    (folder / "train" / "cat" / "0.png").write_bytes(b"not a picture")
    with pytest.raises(DataNotFound, match=r"0\.png"):
        load_data(f"folder:{folder}")
    shutil.rmtree(folder / "test" / "dog")
    shutil.rmtree(folder / "train" / "cat")
    with pytest.raises(DataNotFound, match="different classes"):
        load_data(f"folder:{folder}")
