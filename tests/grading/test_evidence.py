"""Evidence carries values and no code, and collecting it leaves no trace in the notebook's process."""

import base64
import json
import random

import numpy as np
import pytest
import torch

from prunelab.checks import Check
from prunelab.instructor.sandbox.evidence import collect, decode, encode


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        2.5,
        "é\n",
        "",
        [],
        [1, [2.0, None]],
        {},
        {"a": 1, 2: [True]},
        torch.tensor([[1.0, -2.0]]),
        [torch.tensor(3), torch.zeros(0, 2), torch.tensor([True])],
        {"w": {"x": torch.ones(2, dtype=torch.float16)}},
        torch.arange(6).reshape(2, 3).T,
    ],
)
def test_values_come_back(value):
    Check("x").equal(decode(encode(value)), value, idea="", atol=0)


def test_not_a_number_and_infinity_come_back():
    assert np.isnan(decode(encode(float("nan"))))
    assert decode(encode(-float("inf"))) == -float("inf")


def test_tuples_become_lists_and_numpy_s_numbers_python_s():
    assert decode(encode((1, (2,)))) == [1, [2]]
    assert [type(each) for each in decode(encode([np.float32(1), np.int64(2), np.bool_(True)]))] == [float, int, bool]


def test_views_gradients_and_sparse_tensors_become_plain_ones():
    shared = torch.ones(2, requires_grad=True)
    found = decode(encode([shared, shared[:1], torch.eye(2).to_sparse()]))
    assert [each.tolist() for each in found] == [[1, 1], [1], [[1, 0], [0, 1]]]
    assert not any(each.requires_grad for each in found)


class Liar(str):
    """Looks like a text."""


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, b"x", 1j, print, Liar("x"), [object()], {"a": object()}, np.ones(2)]
)
def test_objects_are_no_evidence(value):
    with pytest.raises(TypeError, match="is no evidence"):
        encode(value)


def forged(tree: object, tensors: bytes | None = None) -> str:
    right = encode(None).partition(".")[2]
    second = right if tensors is None else base64.b64encode(tensors).decode()
    return f"{base64.b64encode(json.dumps(tree).encode()).decode()}.{second}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a",
        "a.b",
        "a.b.c",
        encode(1) + ".",
        "!" + encode(1),
        encode(1).replace(".", "\n."),
        forged({"tensor": "0"}),
        forged({}),
        forged({"tensor": []}),
        forged({"dict": 5}),
        forged({"dict": [[1]]}),
        forged({"dict": [[[1], 2]]}),
        forged(1, b"no tensors"),
        forged(1, b"\xff" * 8),
        f"{base64.b64encode(b'[' * 100_000).decode()}.{encode(1).partition('.')[2]}",
        f"{base64.b64encode(b'{').decode()}.{encode(1).partition('.')[2]}",
    ],
)
def test_other_texts_are_no_evidence(text):
    with pytest.raises(ValueError, match="this is no evidence"):
        decode(text)


PROBES = '''
def asked(lab, draw):
    """What a student's function makes of drawn numbers, and what state it meets."""
    import random, numpy, torch
    print("seen")
    random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
    return [lab.double(torch.rand(2, generator=draw)), torch.get_default_dtype() == torch.float32,
            torch.is_grad_enabled()]


def fails(lab, draw):
    import random
    random.seed(1)
    return lab.gone
'''


def state() -> list:
    generators = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    return [*generators, torch.get_default_dtype(), torch.is_grad_enabled()]


@pytest.fixture
def odd_settings():
    """A notebook that has changed torch's settings."""
    torch.set_default_dtype(torch.float64)
    with torch.no_grad():
        yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("odd_settings")
def test_gathering_leaves_no_trace(capsys):
    before = state()
    drawn, *settings = decode(collect(PROBES, "asked", 7, {"double": lambda x: 2 * x}))
    want = 2 * torch.rand(2, generator=torch.Generator().manual_seed(7), dtype=torch.float32)
    assert torch.equal(drawn, want)
    assert settings == [True, True]
    assert state() == before
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("odd_settings")
def test_nor_does_a_probe_that_fails():
    before = state()
    with pytest.raises(AttributeError):
        collect(PROBES, "fails", 7, {})
    with pytest.raises(KeyError):
        collect(PROBES, "unknown", 7, {})
    assert state() == before


def test_the_seed_decides_what_is_drawn():
    names = {"double": lambda x: 2 * x}
    found = [collect(PROBES, "asked", seed, names) for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
