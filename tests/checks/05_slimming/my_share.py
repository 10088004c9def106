# %% wrong: cuts nothing
my_share = 0.0


# %% wrong: cuts nearly everything
my_share = 0.95


# %% wrong: per cent instead of a share
my_share = 30


# %% wrong: a negative share
my_share = -0.2


# %% wrong: a text
my_share = "0.3"


# %% wrong: too little for the budget
my_share = 0.05


# %% wrong: not a number
my_share = float("nan")


# %% wrong: too much for the accuracy
my_share = 0.8


# %% wrong: the last share of the table that costs nothing
my_share = 0.6


# %% wrong: one step too far
my_share = 0.75


# %% right: the largest of the shares that are too small, and one step more
my_share = 0.0
while parameters(library_cut(library_masks(my_share))) > BUDGET * parameters(original):
    my_share = round(my_share + 0.05, 2)


# %% right: by bisection
low, high = 0.0, 1.0
for _ in range(6):
    my_share = (low + high) / 2
    if parameters(library_cut(library_masks(my_share))) > BUDGET * parameters(original):
        low = my_share
    else:
        high = my_share
my_share = high


# %% right: numpy grid
import numpy as np

my_share = min(
    s for s in np.linspace(0.5, 0.8, 31) if parameters(library_cut(library_masks(s))) <= BUDGET * parameters(original)
)


# %% wrong: just above budget
my_share = 0.66


# %% wrong: too much
my_share = 0.8


# %% wrong: density
my_share = 0.1


# %% wrong: true
my_share = True


# %% wrong: nan
my_share = float("nan")


# %% wrong: raises the budget
BUDGET = 0.5
my_share = 0.3
