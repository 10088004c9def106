"""Which cells an answer needs."""

import pytest

from prunelab.instructor.sandbox.needs import names_of, needed

SETUP = "import torch\nfrom copy import deepcopy\nnet = torch.nn.Linear(2, 2)\ndata = torch.rand(3, 2)"


@pytest.mark.parametrize(
    ("cells", "wanted", "found"),
    [
        (["scale = 2", "def f(x):\n    return scale * x"], {1}, {0, 1}),
        (["scale = 2", "def f(x):\n    return 2 * x"], {1}, {1}),
        (["a = 1", "b = a", "def f(x):\n    return b"], {2}, {0, 1, 2}),  # through another cell
        (["def f(x): return x", "print(f(1))"], {0}, {0}),  # what comes later, or only looks
        ([SETUP, "net.weight.data.zero_()", "def f(): return net"], {2}, {0, 1, 2}),  # it may change the network
        ([SETUP, "print(torch.zeros(2))", "def f(): return torch.ones(1)"], {2}, {0, 2}),  # modules are not changed
        (["name = 1", "for name in 'ab':\n    print(name)", "def f(name):\n    return name"], {1, 2}, {1, 2}),
        (["c = 1", "with open(g) as c:\n    c.read()"], {1}, {1}),
        (["x = 1", "x = x + 1"], {1}, {0, 1}),
        (["x = 1", "y = [x for x in range(3)]"], {1}, {1}),
        (["x = 1", "y = [x for x in range(3)]\nf = x"], {1}, {0, 1}),
        (["k = 1", "y = [k for x in range(3)]"], {1}, {0, 1}),
        (["xs = []", "y = {x: 0 for x in xs}"], {1}, {0, 1}),
        (["k = 1", "def f():\n    class A:\n        b = k\n    return A"], {1}, {0, 1}),
        (["k = 1", "def f():\n    global k\n    k = 2", "def g(): return k"], {2}, {0, 1, 2}),
        (["import torch.nn as nn", "f = lambda: nn.ReLU()"], {1}, {0, 1}),
    ],
)
def test_names_tell(cells, wanted, found):
    assert needed(cells, wanted) == found


@pytest.mark.parametrize(
    "cell",
    ["def f():\n    return globals()['x']", "%matplotlib inline\nf = 1", "f = (", "from math import *\nf = pi",
     "f = " + "(" * 5000, "exec('f = 1')"],
)  # fmt: skip
def test_a_text_that_does_not_tell(cell):
    assert needed(["x = 1", cell], {1}) is None


def test_what_hides_names_elsewhere_does_not_matter():
    assert needed(["exec('y = 1')", "model.eval()", "f = 2"], {2}) == {2}


def test_a_function_and_a_value():
    names = names_of("def f(x):\n    return x + k\nvalue = f(1)")
    assert (names.defined, names.assigned, names.used) == ({"f"}, {"value"}, {"k"})
