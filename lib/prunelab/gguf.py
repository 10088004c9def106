"""Read a GGUF file: its metadata, and its tensors as float32.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; the blocks of Q4_1 and Q8_0: ggml-common.h.
Only what the language model of the course needs is here; the package gguf reads everything, in ten times as long.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from prunelab import LabError

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, ARRAY = 8, 9
BLOCKS = {  # what a block of a tensor's type holds, and how many values come out of it
    0: (np.dtype([("x", "<f4")]), 1),
    1: (np.dtype([("x", "<f2")]), 1),
    3: (np.dtype([("scale", "<f2"), ("least", "<f2"), ("nibbles", "u1", 16)]), 32),
    8: (np.dtype([("scale", "<f2"), ("x", "i1", 32)]), 32),
}


class _Header:
    """The bytes of a file, read from front to back."""

    def __init__(self, content: memoryview) -> None:
        self.content, self.place = content, 0

    def number(self, code: str) -> Any:
        (value,) = struct.unpack_from(f"<{code}", self.content, self.place)
        self.place += struct.calcsize(f"<{code}")
        return value

    def text(self) -> str:
        length = self.number("Q")
        self.place += length
        return str(self.content[self.place - length : self.place], "utf-8")

    def value(self, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == ARRAY:
            inner, length = self.number("I"), self.number("Q")
            return [self.value(inner) for _ in range(length)]
        return self.number(SCALARS[kind])


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The metadata of a GGUF file, and {name: tensor} in float32; raise LabError if it is no such file."""
    content = np.memmap(path, mode="r")
    header = _Header(memoryview(content))
    if bytes(header.content[:4]) != b"GGUF":
        raise LabError(f"{path} is no GGUF file; install the package that it came with again.")
    header.place = 8  # after the magic number and the version
    tensors, pairs = header.number("Q"), header.number("Q")
    fields = {header.text(): header.value(header.number("I")) for _ in range(pairs)}
    infos = [_info(header) for _ in range(tensors)]
    align = fields.get("general.alignment", 32)
    start = -(-header.place // align) * align
    return fields, {name: _tensor(content[start + offset :], kind, shape) for name, shape, kind, offset in infos}


def _info(header: _Header) -> tuple[str, tuple[int, ...], int, int]:
    """Name, shape with the rows first, type and offset of a tensor."""
    name = header.text()
    shape = tuple(header.number("Q") for _ in range(header.number("I")))[::-1]
    return name, shape, header.number("I"), header.number("Q")


def _tensor(content: np.ndarray, kind: int, shape: tuple[int, ...]) -> Tensor:
    if kind not in BLOCKS:
        raise LabError(f"GGUF type {kind} is none of {sorted(BLOCKS)}; prunelab reads no other.")
    layout, values = BLOCKS[kind]
    count = int(np.prod(shape)) // values
    blocks = content[: count * layout.itemsize].view(layout)
    if "nibbles" in layout.names:  # the low halves of 16 bytes, then the high ones
        nibbles = blocks["nibbles"]
        levels = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
        numbers = levels * blocks["scale"].astype(np.float32)[:, None] + blocks["least"].astype(np.float32)[:, None]
    elif "scale" in layout.names:
        numbers = blocks["x"].astype(np.float32) * blocks["scale"].astype(np.float32)[:, None]
    else:
        numbers = blocks["x"].astype(np.float32)
    return torch.from_numpy(numbers.reshape(shape))
