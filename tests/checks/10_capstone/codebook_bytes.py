# %% wrong: zero is counted as a value of the codebook
def codebook_bytes(weight):
    kept, levels = weight[weight != 0], len(weight.unique())
    bits = math.ceil(math.log2(levels))
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * bits / 8) + 4 * levels


# %% wrong: zeros have codes, too
def codebook_bytes(weight):
    levels = len(weight[weight != 0].unique())
    bits = math.ceil(math.log2(levels)) if levels else 0
    return math.ceil(weight.numel() / 8) + math.ceil(weight.numel() * bits / 8) + 4 * levels


# %% wrong: the bits of a code are not rounded up
def codebook_bytes(weight):
    kept = weight[weight != 0]
    levels = len(kept.unique())
    bits = math.log2(levels) if levels else 0
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * bits / 8) + 4 * levels


# %% wrong: bytes are rounded down
def codebook_bytes(weight):
    kept = weight[weight != 0]
    levels = len(kept.unique())
    bits = math.ceil(math.log2(levels)) if levels else 0
    return weight.numel() // 8 + len(kept) * bits // 8 + 4 * levels


# %% wrong: the bits of mask and codes are rounded together
def codebook_bytes(weight):
    kept = weight[weight != 0]
    levels = len(kept.unique())
    bits = math.ceil(math.log2(levels)) if levels else 0
    return math.ceil((weight.numel() + len(kept) * bits) / 8) + 4 * levels


# %% wrong: no codebook
def codebook_bytes(weight):
    kept = weight[weight != 0]
    levels = len(kept.unique())
    bits = math.ceil(math.log2(levels)) if levels else 0
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * bits / 8)


# %% wrong: no bitmask
def codebook_bytes(weight):
    kept = weight[weight != 0]
    levels = len(kept.unique())
    bits = math.ceil(math.log2(levels)) if levels else 0
    return math.ceil(len(kept) * bits / 8) + 4 * levels


# %% wrong: one value needs a code of one bit
def codebook_bytes(weight):
    kept = weight[weight != 0]
    levels = len(kept.unique())
    bits = max(1, math.ceil(math.log2(levels))) if levels else 0
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * bits / 8) + 4 * levels


# %% wrong: powers of two get a bit too many
def codebook_bytes(weight):
    kept = weight[weight != 0]
    levels = len(kept.unique())
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * levels.bit_length() / 8) + 4 * levels


# %% wrong: the logarithm of no values
def codebook_bytes(weight):
    kept = weight[weight != 0]
    bits = math.ceil(math.log2(len(kept.unique())))
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * bits / 8) + 4 * len(kept.unique())


# %% wrong: values that differ in sign alone count once
def codebook_bytes(weight):
    kept = weight[weight != 0].abs()
    levels = len(kept.unique())
    bits = math.ceil(math.log2(levels)) if levels else 0
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * bits / 8) + 4 * levels


# %% right: whole numbers only
def codebook_bytes(weight):
    kept = [value for value in weight.flatten().tolist() if value]
    levels = len(set(kept))
    bits = max(levels - 1, 0).bit_length()
    return -(-weight.numel() // 8) + -(-len(kept) * bits // 8) + 4 * levels


# %% right: really packed by numpy
def codebook_bytes(weight):
    values = weight.detach().double().numpy().ravel()
    book, code = np.unique(values[values != 0], return_inverse=True)
    bits = 0
    while 2**bits < len(book):
        bits += 1
    packed = np.packbits((code.reshape(-1, 1) >> np.arange(bits)) & 1)
    return len(np.packbits(values != 0)) + len(packed) + 4 * len(book)


# %% wrong: codes at most 3 bits
def codebook_bytes(weight):
    kept = weight[weight != 0]
    L = len(kept.unique())
    b = 0 if L <= 1 else 1 if L == 2 else 2 if L <= 4 else 3
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * b / 8) + 4 * L


# %% wrong: zero in codebook
def codebook_bytes(weight):
    L, k = len(weight.unique()), int((weight != 0).sum())
    return math.ceil(weight.numel() / 8) + math.ceil(k * math.ceil(math.log2(L)) / 8) + 4 * L


# %% wrong: bit length of L
def codebook_bytes(weight):
    kept = weight[weight != 0]
    L = len(kept.unique())
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * L.bit_length() / 8) + 4 * L


# %% wrong: full codebook
def codebook_bytes(weight):
    kept = weight[weight != 0]
    L = len(kept.unique())
    if L == 0:
        return math.ceil(weight.numel() / 8)
    b = math.ceil(math.log2(L))
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * b / 8) + 4 * 2**b


# %% wrong: codes for all
def codebook_bytes(weight):
    L = len(weight[weight != 0].unique())
    b = math.ceil(math.log2(L)) if L else 0
    return math.ceil(weight.numel() / 8) + math.ceil(weight.numel() * b / 8) + 4 * L


# %% wrong: magnitudes
def codebook_bytes(weight):
    kept = weight[weight != 0].abs()
    L = len(kept.unique())
    b = math.ceil(math.log2(L)) if L else 0
    return math.ceil(weight.numel() / 8) + math.ceil(len(kept) * b / 8) + 4 * L


# %% right: counter
from collections import Counter as _Counter


def codebook_bytes(weight):
    count = _Counter(weight.detach().reshape(-1).tolist())
    count.pop(0.0, None)
    k, L = sum(count.values()), len(count)
    b = max(0, math.ceil(math.log2(L))) if L > 1 else 0
    return -(-weight.numel() // 8) + -(-k * b // 8) + 4 * L
