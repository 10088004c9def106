# %%
import torch

from prunelab.explorers import MaskPainter

weight = 0.05 * torch.randn(128, 64, 3, 3, generator=torch.Generator().manual_seed(0))

# %%
MaskPainter(weight)
