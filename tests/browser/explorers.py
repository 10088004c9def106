# %%
import torch
from IPython.display import display

from prunelab.explorers import HonestBytes, MagnitudeExplorer, MaskPainter, SensitivityExplorer

weight = 0.05 * torch.randn(128, 64, 3, 3, generator=torch.Generator().manual_seed(0))
accuracy = {0: 93.1, 0.5: 93.2, 0.7: 92.8, 0.8: 91.9, 0.9: 87.6, 0.95: 72.4, 0.98: 31.0}
curves = {f"features.{i}": {s: a - 3 * i * s**4 for s, a in accuracy.items()} for i in range(8)}

# %%
display(MaskPainter(weight))

# %%
display(HonestBytes(weight.numel(), len(weight)))

# %%
display(MagnitudeExplorer(weight, accuracy, "features.4"))

# %%
display(SensitivityExplorer(curves, 93.1))
