# %% wrong: 640 for each byte
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]
    return 1e-6 * (640 * moved + each * macs)


# %% wrong: 640 for each bit
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]
    return 1e-6 * (640 / 32 * moved + each * macs)


# %% wrong: in picojoules
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]
    return 1 * (640 / 4 * moved + each * macs)


# %% wrong: multiplications alone
def energy(macs, moved, kind):
    each = {"float32": 3.7, "int8": 0.2}[kind]
    return 1e-6 * (640 / 4 * moved + each * macs)


# %% wrong: two operations of the mean
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]
    return 1e-6 * (640 / 4 * moved + 2 * each * macs)


# %% wrong: always float32
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}["float32"]
    return 1e-6 * (640 / 4 * moved + each * macs)


# %% wrong: memory forgotten
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]
    return 1e-6 * (each * macs)


# %% wrong: int8 moves a quarter of the bytes given
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": 0.03 + 0.2}[kind]
    return 1e-6 * (640 / (4 if kind == "float32" else 16) * moved + each * macs)


# %% wrong: int8 at a quarter of float32
def energy(macs, moved, kind):
    each = {"float32": 0.9 + 3.7, "int8": (0.9 + 3.7) / 4}[kind]
    return 1e-6 * (640 / 4 * moved + each * macs)


# %% right: branches
def energy(macs, moved, kind):
    picojoules = moved * 160
    if kind == "float32":
        picojoules += macs * 4.6
    else:
        picojoules += macs * 0.23
    return picojoules / 1_000_000


# %% right: sums of lists
def energy(macs, moved, kind):
    prices = {"float32": (0.9, 3.7), "int8": (0.03, 0.2)}
    return sum([640 * moved / 4e6, *(price * macs / 1e6 for price in prices[kind])])


# %% wrong: dram per byte
def energy(macs, moved, kind):
    return 1e-6 * (640 * moved + {"float32": 4.6, "int8": 0.23}[kind] * macs)


# %% wrong: picojoules
def energy(macs, moved, kind):
    return 160 * moved + {"float32": 4.6, "int8": 0.23}[kind] * macs


# %% wrong: nanojoules
def energy(macs, moved, kind):
    return 1e-3 * (160 * moved + {"float32": 4.6, "int8": 0.23}[kind] * macs)


# %% wrong: multiplication only
def energy(macs, moved, kind):
    return 1e-6 * (160 * moved + {"float32": 3.7, "int8": 0.2}[kind] * macs)


# %% wrong: int8 bytes quartered
def energy(macs, moved, kind):
    return 1e-6 * (640 / (4 if kind == "float32" else 16) * moved + {"float32": 4.6, "int8": 0.23}[kind] * macs)


# %% wrong: words rounded up
def energy(macs, moved, kind):
    return 1e-6 * (640 * math.ceil(moved / 4) + {"float32": 4.6, "int8": 0.23}[kind] * macs)


# %% wrong: max like a roofline
def energy(macs, moved, kind):
    return 1e-6 * max(160 * moved, {"float32": 4.6, "int8": 0.23}[kind] * macs)


# %% right: table of tuples
def energy(macs, moved, kind):
    add, multiply = {"float32": (0.9, 3.7), "int8": (0.03, 0.2)}[kind]
    return (moved * 640 / 4 + macs * (add + multiply)) / 1e6


# %% right: joules then micro
def energy(macs, moved, kind):
    joules = 8 * moved / 32 * 640e-12 + macs * (4.6e-12 if kind == "float32" else 0.23e-12)
    return joules * 1e6
