# %% wrong: no cube
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step >= end:
        return final
    way = (step - begin) // frequency * frequency / (end - begin)
    return final + (initial - final) * (1 - way)


# %% wrong: cubes the way behind instead of the way ahead
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step >= end:
        return final
    way = (step - begin) // frequency * frequency / (end - begin)
    return initial + (final - initial) * way**3


# %% wrong: changes at every step
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step >= end:
        return final
    return final + (initial - final) * (1 - (step - begin) / (end - begin)) ** 3


# %% wrong: counts the pruning steps from zero instead of from begin
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step >= end:
        return final
    last = max(begin, step // frequency * frequency)
    return final + (initial - final) * (1 - (last - begin) / (end - begin)) ** 3


# %% wrong: goes on after the end
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    way = (step - begin) // frequency * frequency / (end - begin)
    return final + (initial - final) * (1 - way) ** 3


# %% wrong: prunes before the beginning
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step >= end:
        return final
    way = (step - begin) // frequency * frequency / (end - begin)
    return final + (initial - final) * (1 - way) ** 3


# %% wrong: forgets the initial sparsity
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    way = (step - begin) // frequency * frequency / (end - begin)
    return final - final * (1 - way) ** 3


# %% wrong: reaches the end only if the frequency divides the way
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    way = min(1, (step - begin) // frequency * frequency / (end - begin))
    return final + (initial - final) * (1 - way) ** 3


# %% wrong: the share kept
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return 1 - initial
    if step >= end:
        return 1 - final
    way = (step - begin) // frequency * frequency / (end - begin)
    return 1 - (final + (initial - final) * (1 - way) ** 3)


# %% right: remainder instead of whole division
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if not begin <= step < end:
        return initial if step < begin else final
    last = step - (step - begin) % frequency
    left = (end - last) / (end - begin)
    return final - (final - initial) * left * left * left


# %% right: walks through the pruning steps
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    sparsity = initial
    for t in range(begin, min(step, end - 1) + 1, frequency):
        sparsity = final + (initial - final) * (1 - (t - begin) / (end - begin)) ** 3
    return final if step >= end else sparsity


# %% wrong: multiples of frequency from zero
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step >= end:
        return final
    last = max(step // frequency * frequency, begin)
    return final + (initial - final) * (1 - (last - begin) / (end - begin)) ** 3


# %% wrong: ignores initial
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    done = (step - begin) // frequency * frequency / (end - begin)
    return final - final * (1 - done) ** 3


# %% wrong: n prunings floor as denominator
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step >= end:
        return final
    n = (end - begin) // frequency
    k = (step - begin) // frequency
    return final + (initial - final) * (1 - k / n) ** 3


# %% wrong: kept instead
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return 1 - initial
    if step >= end:
        return 1 - final
    done = (step - begin) // frequency * frequency / (end - begin)
    return 1 - (final + (initial - final) * (1 - done) ** 3)


# %% wrong: final at or before last period
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step + frequency > end:
        return final
    done = (step - begin) // frequency * frequency / (end - begin)
    return final + (initial - final) * (1 - done) ** 3


# %% wrong: monotone max breaks decreasing schedule
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step < begin:
        return initial
    if step >= end:
        return final
    done = (step - begin) // frequency * frequency / (end - begin)
    return max(initial, min(final, final - abs(initial - final) * (1 - done) ** 3))


# %% right: rearranged algebra
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step <= begin:
        return initial
    if step >= end:
        return final
    n = (end - begin) // frequency or 1
    last = begin + min((step - begin) // frequency, n) * frequency
    return (
        final + (initial - final) * ((end - last) / (end - begin)) ** 3
        if frequency > 1
        else final
        - final * (1 - (step - begin) / (end - begin)) ** 3
        + initial * (1 - (step - begin) / (end - begin)) ** 3
    )


# %% right: backwards if chain
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if step >= end:
        return final
    if step < begin:
        return initial
    last = step - (step - begin) % frequency
    left = (end - last) / (end - begin)
    return final - (final - initial) * left**3


# %% right: lerp
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    done = 0.0 if step < begin else 1.0 if step >= end else ((step - begin) // frequency) * frequency / (end - begin)
    w = 1 - (1 - done) ** 3
    return (1 - w) * initial + w * final


# %% right: zero dim tensor double
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    done = 0.0 if step < begin else 1.0 if step >= end else ((step - begin) // frequency) * frequency / (end - begin)
    return final + (initial - final) * torch.tensor(1 - done, dtype=torch.float64) ** 3


# %% wrong: remembers the last pruning step
held = 0.0


def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    global held
    if step < begin:
        held = initial
    elif step >= end:
        held = final
    elif (step - begin) % frequency == 0:
        held = final + (initial - final) * (1 - (step - begin) / (end - begin)) ** 3
    return held


# %% wrong: rounded to six digits
def cubic_sparsity(step, final, begin, end, frequency=1, initial=0.0):
    if not begin <= step < end:
        return initial if step < begin else final
    left = 1 - (step - begin) // frequency * frequency / (end - begin)
    return round(final + (initial - final) * left**3, 6)
