"""The copies that probes return."""

import torch
from torch import nn
from torch.nn.utils import prune

from prunelab.instructor.verdict.probing import locked_cells, state, unmasked


def test_a_state_is_a_copy():
    model = nn.BatchNorm1d(2).eval()
    found = state(model)
    with torch.no_grad():
        model.weight.zero_()
    model.train()
    assert found["training"] is False
    assert found["weight"].tolist() == [1, 1]
    assert found.keys() == {"training", *model.state_dict()}


def test_masks_of_torchs_pruner_are_in_the_weights():
    model = nn.Sequential(nn.Linear(2, 1), nn.Linear(1, 1, bias=False))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([[3.0, 4.0]]))
    prune.custom_from_mask(model[0], "weight", torch.tensor([[0.0, 1.0]]))
    found = unmasked(model)
    assert found.keys() == {"0.weight", "0.bias", "1.weight"}
    assert found["0.weight"].tolist() == [[0, 4]]
    found["1.weight"].fill_(7)
    assert model[1].weight.item() != 7


def test_what_the_locked_cells_of_a_lab_define(course, capsys):
    source = course / "solutions" / "01_tiny" / "probes.py"
    names = vars(locked_cells(str(source)))
    assert callable(names["check"])
    assert "double" not in names
    assert capsys.readouterr().out == ""
