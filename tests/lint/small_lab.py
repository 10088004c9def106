# %% [markdown]
# # Lab 02: Small
#
# *About 10 minutes, 20 points.*
#
# A weight is doubled. *What does it become?*
#
# **You will be able to**
#
# - double a weight.
#
# **From earlier labs**
#
# - A mask is true where a weight is kept (lab 01).

# %% locked="setup"
from prunelab import figures
from prunelab.checks import check
from prunelab.data import load_data

data = load_data()


def validation_images() -> int:
    """How many there are."""
    return len(data.validation)


# %% [markdown]
# ## 1 What is twice a weight?
#
# ### Exercise 2.1: Twice
# *18 points, 3 minutes, about 1 line*
#
# Return twice the weight, with the `rate` of section 1.
#
# *Example:* 2 becomes 4.
#
# <details><summary>Hint 1: the idea</summary>
# Add it to itself.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>weight + weight</code>
# </details>


# %% exercise="twice"
def twice(weight: float) -> float:
    """Two times the weight."""
    ### BEGIN SOLUTION
    return 2 * weight
    ### END SOLUTION


# %% check="twice" points=18
with check("twice", points=18) as c:
    c.returns(twice, 2.0, want=4.0, idea="Twice.")
    ### BEGIN HIDDEN TESTS
    c.returns(twice, -1.0, want=-2.0, idea="Twice.")
    ### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2.2: A rate
# *2 points, 2 minutes, about 1 line*
#
# Choose `my_rate`, a number above 1.
#
# *Example:* 2 is above 1.
#
# <details><summary>Hint 1: the idea</summary>
# Larger than 1.
# </details>
# <details><summary>Hint 2: the call</summary>
# <code>my_rate = ...</code>
# </details>

# %% exercise="rate"
# my_rate = ...: a number
### BEGIN SOLUTION
my_rate = 2.0
### END SOLUTION

# %% check="rate" points=2
with check("rate", points=2) as c:
    c.true(my_rate > 1, expected="above 1", got=my_rate, called="my_rate", idea="More.")

# %% [markdown]
# The control is the weight itself.

# %%
fig, (ax,) = figures.figure()
ax.plot([1, 2], [1, twice(1)], "o-", color=figures.KEPT)
figures.show(fig, alt="A straight line from the weight to its double.")

# %% [markdown] claims="line_goes_up" undecided="how_far"
# **Reading the figure.** The line goes up.
#
# ## What you measured

# %%
print(len(data.test), twice(1))

# %% [markdown] facts="arithmetic"
# ### Remember
#
# 1. Twice is more.
# 2. Once is less.
# 3. Zero stays.
#
# ### Further reading
#
# - Nobody, [Doubling](https://example.org/doubling), 2000.
#
# **Next:** lab 03.
