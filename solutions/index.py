# %% [markdown]
# # Pruning and sparsity in neural networks
#
# Ten labs, each one notebook and 20 points. They build on one another, so start with the first.
#
# <!-- course map -->

# %% [markdown]
# ## How to work
#
# 1. Open a lab by its link above. Run its cells from the top with `Shift`+`Enter`.
# 2. Each exercise has a cell with `raise NotImplementedError()`. Replace that line by your code and run the cell.
# 3. Run the check below it. It prints `Passed` with the points, or what it expected, what came and what to reread.
#    You may run a check as often as you like.
# 4. Stuck? Below each task are two folded hints: the idea, then the call.
# 5. Save with `Ctrl`+`S`, or `Cmd`+`S` on a Mac.
#
# Nothing leaves this machine, and after the installation no lab needs a network.

# %% [markdown]
# ## Your progress
#
# Run the next cell to see which checkpoints pass in your saved notebooks.

# %%
from prunelab.course.progress import show

show()

# %% [markdown]
# ## Start a lab again
#
# Open a terminal with **File > New > Terminal** and type
#
# ```
# prunelab reset 01
# ```
#
# This puts the original of lab 01 back. Your own notebook is kept under `labs/backups/`. `prunelab progress` shows
# the table above, and `prunelab doctor` shows what this machine has and what is missing.

# %% [markdown]
# ## Other data
#
# The labs use Fashion-MNIST. To use other images, set `PRUNELAB_DATASET` before you start JupyterLab:
#
# - `PRUNELAB_DATASET=cifar10 make lab` downloads CIFAR-10 once.
# - `PRUNELAB_DATASET=folder:PATH make lab` reads your own images, from `PATH/train/` and `PATH/test/` with one
#   sub-folder a class.
