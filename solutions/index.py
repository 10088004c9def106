# %% [markdown]
# # Pruning and sparsity in neural networks
#
# Ten labs, each one notebook and 20 points. They build on one another, so start with the first.
#
# <!-- course map -->
#
# You should know Python, and have trained a small network with PyTorch: linear and convolutional layers, batch norm,
# cross-entropy, momentum, and why training, validation and test images are kept apart. All that pruning needs besides
# is taught here; each lab begins with what it takes from earlier ones.

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
from prunelab.student.progress import show

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
# ## Words
#
# What the course calls by one name, and the lab that introduces it.
#
# | word | what it means here | lab |
# |---|---|---|
# | sparsity, density | the share of zeros, the share of the rest | 01 |
# | mask | booleans in the shape of a weight, `True` where it is kept | 01 |
# | bitmask, CSR, 2:4 | layouts that store a sparse tensor; with them count what says where the values belong | 01 |
# | N:M | of every M neighbours along a row N are kept | 01 |
# | granularity | what goes as a whole: a weight, a kernel, a filter; from filters on it is called structured | 01 |
# | magnitude pruning | the weights closest to zero go | 02 |
# | retraining | training what is left after a cut, with the zeros held | 02 |
# | sensitivity | what a layer's accuracy curve says when it is cut alone | 02 |
# | one shot, rounds | everything cut at once; or cut and retrained again and again | 03 |
# | control | a network that differs in one thing alone and trains for as many steps | 03 |
# | interval | 95 % confidence interval of a mean of several seeds | 03 |
# | ticket | a mask with the weights that it was found with; winning if it learns as well as the dense network | 04 |
# | rewinding | giving the surviving weights back the values of an early step | 04 |
# | scaling factor | the $\gamma$ of batch norm, one for each channel | 05 |
# | carving | taking channels out, so that the layers get smaller | 05 |
# | MAC | multiply-accumulate: one multiplication with its addition | 05 |
# | roofline | the time of a layer: that of its operations or of its bytes, whichever is longer | 06 |
# | intensity | operations for each byte that is moved | 06 |
# | saliency | a guess at what the loss does when a weight goes | 07 |
# | Hessian | the curvatures of the loss; OBD reads its diagonal, OBS its inverse | 07 |
# | rank correlation | whether two criteria put the weights into the same order | 07 |
# | perplexity | how surprised a language model is by a text | 08 |
# | calibration | the text that a pruning method may look at | 08 |
# | residual stream | the vector that runs through all blocks of a transformer | 08 |
# | Wanda, SparseGPT | weights times norms of inputs; OBS for one layer at a time | 08 |
# | crossover | the sparsity from which on a sparse layout is faster than dense | 09 |
# | int8, bf16 | numbers of one and of two bytes | 09 |
# | codebook | the list of the values that weights share | 10 |
# | Pareto front | the networks that no other one beats in both cost and accuracy | 10 |

# %% [markdown]
# ## Other data
#
# The labs use Fashion-MNIST. To use other images, set `PRUNELAB_DATASET` before you start JupyterLab:
#
# - `PRUNELAB_DATASET=cifar10 make lab` downloads CIFAR-10 once.
# - `PRUNELAB_DATASET=folder:PATH make lab` reads your own images, from `PATH/train/` and `PATH/test/` with one
#   sub-folder a class.
