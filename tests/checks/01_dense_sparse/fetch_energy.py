# %% wrong: forgets the indices
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * picojoules * 1e-9


# %% wrong: counts the pruned weights
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * sparsity * (32 + index_bits) / 32 * picojoules * 1e-9


# %% wrong: in microjoules
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * (32 + index_bits) / 32 * picojoules * 1e-6


# %% wrong: an index for the pruned weights, too
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return (weights * (1 - sparsity) + weights * index_bits / 32) * picojoules * 1e-9


# %% wrong: a price a bit
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * (32 + index_bits) * picojoules * 1e-9


# %% wrong: indices fetched in whole words
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * (1 + math.ceil(index_bits / 32)) * picojoules * 1e-9


# %% wrong: always the price of DRAM
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * (32 + index_bits) / 32 * 640 * 1e-9


# %% right: bits first
def fetch_energy(weights, sparsity, index_bits, picojoules):
    bits = (weights - weights * sparsity) * (32 + index_bits)
    return bits / 32 * picojoules / 1e9


# %% right: the price of values and indices apart
def fetch_energy(weights, sparsity, index_bits, picojoules):
    kept = weights * (1 - sparsity)
    joules = (kept * picojoules + kept * picojoules * index_bits / 32) * 1e-12
    return joules * 1000


# %% wrong: index bits to bytes
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * (32 + 8 * math.ceil(index_bits / 8)) / 32 * picojoules * 1e-9


# %% wrong: half more if indexed
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * (1.5 if index_bits else 1) * picojoules * 1e-9


# %% wrong: index of every weight
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return (weights * (1 - sparsity) * 32 + weights * index_bits) / 32 * picojoules * 1e-9


# %% wrong: bits not words
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return weights * (1 - sparsity) * (32 + index_bits) * picojoules * 1e-9


# %% wrong: rounded
def fetch_energy(weights, sparsity, index_bits, picojoules):
    return round(weights * (1 - sparsity) * (32 + index_bits) / 32 * picojoules * 1e-9, 3)


# %% right: steps
def fetch_energy(weights, sparsity, index_bits, picojoules):
    kept = weights * (1 - sparsity)
    bits = kept * 32 + kept * index_bits
    joules = bits / 32 * picojoules * 1e-12
    return joules * 1000


# %% right: numpy
import numpy as np


def fetch_energy(weights, sparsity, index_bits, picojoules):
    return float(np.prod([weights, 1 - sparsity, 32 + index_bits, picojoules, 1e-9 / 32], dtype=np.float64))
