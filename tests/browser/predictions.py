# %%
from prunelab import figures
from prunelab.explorers import SensitivityExplorer
from prunelab.live import explore
from prunelab.predictions import compare_predictions, predict

# %%
layer = predict("layer", "Which layer is the most sensitive?", ["first", "last"])

# %%
layer.reveal("first", "It is the first.", SensitivityExplorer({"first": {0.0: 90.0, 0.5: 50.0}}, 90.0))

# %%
fall = predict("fall", "When does it fall?", low=0, high=1, step=0.1)

# %%
fig, (ax,) = figures.figure()
fall.reveal(0.6, "It falls at 0.6.", fig, alt="A curve that falls.", mark=lambda guess: ax.axvline(guess))

# %%
count = predict("count", "How many are there?")

# %%
count.reveal(12, "There are 12.")

# %%
compare_predictions()


# %%
def double(value: float, ax) -> str:
    """A line, and what it shows."""
    ax.plot([0, 2 * value])
    return f"Twice {value:g} is {2 * value:g}."


explore(double, "value", [0, 1, 2, 3], start=1)
