# %% wrong: the first that is faster
def crossover(dense, csr):
    return next((p for p in range(101) if csr(p) < dense), None)


# %% wrong: a tie is faster
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) > dense]
    first = max(slow, default=-1) + 1
    return first if first <= 100 else None


# %% wrong: the last slow one
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) >= dense]
    first = max(slow, default=0)
    return first if first <= 100 else None


# %% wrong: 101 instead of None
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) >= dense]
    return max(slow, default=-1) + 1


# %% wrong: without 100
def crossover(dense, csr):
    slow = [percent for percent in range(100) if csr(percent) >= dense]
    first = max(slow, default=-1) + 1
    return first if first <= 100 else None


# %% wrong: fails where CSR is always faster
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) >= dense]
    first = max(slow) + 1
    return first if first <= 100 else None


# %% wrong: a share instead of per cents
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) >= dense]
    first = max(slow, default=-1) + 1
    return first / 100 if first <= 100 else None


# %% wrong: slower instead of faster
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) <= dense]
    first = max(slow, default=-1) + 1
    return first if first <= 100 else None


# %% wrong: shares go into csr
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent / 100) >= dense]
    first = max(slow, default=-1) + 1
    return first if first <= 100 else None


# %% wrong: 0 instead of None
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) >= dense]
    first = max(slow, default=-1) + 1
    return first if first <= 100 else 0


# %% wrong: counts the fast ones
def crossover(dense, csr):
    fast = sum(csr(p) < dense for p in range(101))
    return 101 - fast if fast else None


# %% wrong: a bisection that trusts the curve
def crossover(dense, csr):
    low, high = 0, 101
    while low < high:
        middle = (low + high) // 2
        if csr(min(middle, 100)) < dense:
            high = middle
        else:
            low = middle + 1
    return low if low <= 100 else None


# %% wrong: None where it is 0
def crossover(dense, csr):
    slow = [percent for percent in range(101) if csr(percent) >= dense]
    first = max(slow, default=-1) + 1
    return first if 0 < first <= 100 else None


# %% right: down from 100
def crossover(dense, csr):
    found = None
    for percent in range(100, -1, -1):
        if not csr(percent) < dense:
            break
        found = percent
    return found


# %% right: all of the rest
def crossover(dense, csr):
    faster = [csr(p) < dense for p in range(101)]
    return next((p for p in range(101) if all(faster[p:])), None)


# %% wrong: tie is faster
def crossover(dense, csr):
    best = None
    for p in range(100, -1, -1):
        if csr(p) > dense:
            break
        best = p
    return best


# %% wrong: one hundred and one
def crossover(dense, csr):
    return max((p for p in range(101) if csr(p) >= dense), default=-1) + 1


# %% wrong: stops at 99
def crossover(dense, csr):
    best = None
    for p in range(99, -1, -1):
        if csr(p) >= dense:
            break
        best = p
    return best


# %% wrong: two in a row
def crossover(dense, csr):
    for p in range(101):
        if csr(p) < dense and (p == 100 or csr(p + 1) < dense):
            return p


# %% right: all quantifier
def crossover(dense, csr):
    for p in range(101):
        if all(csr(q) < dense for q in range(p, 101)):
            return p
    return None
