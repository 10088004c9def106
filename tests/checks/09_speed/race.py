# %% wrong: no warm-up
def race(old, new, rounds, clock=time.perf_counter):
    ratios = []
    for number in range(rounds):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: -1 if number % 2 else 1]:
            start = clock()
            run()
            seconds[name] = clock() - start
        ratios.append(seconds["old"] / seconds["new"])
    return ratios


# %% wrong: only old is warmed up
def race(old, new, rounds, clock=time.perf_counter):
    ratios = []
    for _ in range(3):
        old()
    for number in range(rounds):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: -1 if number % 2 else 1]:
            start = clock()
            run()
            seconds[name] = clock() - start
        ratios.append(seconds["old"] / seconds["new"])
    return ratios


# %% wrong: one block after the other
def race(old, new, rounds, clock=time.perf_counter):
    def block(run):
        for _ in range(3):
            run()
        taken = []
        for _ in range(rounds):
            start = clock()
            run()
            taken.append(clock() - start)
        return taken

    return [a / b for a, b in zip(block(old), block(new), strict=True)]


# %% wrong: old is always first
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old(), new()
    ratios = []
    for _ in range(rounds):
        start = clock()
        old()
        middle = clock()
        new()
        ratios.append((middle - start) / (clock() - middle))
    return ratios


# %% wrong: new is first in even rounds
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old(), new()
    ratios = []
    for number in range(rounds):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: 1 if number % 2 else -1]:
            start = clock()
            run()
            seconds[name] = clock() - start
        ratios.append(seconds["old"] / seconds["new"])
    return ratios


# %% wrong: upside down
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old(), new()
    ratios = []
    for number in range(rounds):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: -1 if number % 2 else 1]:
            start = clock()
            run()
            seconds[name] = clock() - start
        ratios.append(seconds["new"] / seconds["old"])
    return ratios


# %% wrong: first over second instead of old over new
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old(), new()
    ratios = []
    for number in range(rounds):
        pair = (new, old) if number % 2 else (old, new)
        taken = []
        for run in pair:
            start = clock()
            run()
            taken.append(clock() - start)
        ratios.append(taken[0] / taken[1])
    return ratios


# %% wrong: the real clock
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old(), new()
    ratios = []
    for number in range(rounds):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: -1 if number % 2 else 1]:
            start = time.perf_counter()
            run()
            seconds[name] = time.perf_counter() - start
        ratios.append(seconds["old"] / seconds["new"])
    return ratios


# %% wrong: the median alone
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old(), new()
    ratios = []
    for number in range(rounds):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: -1 if number % 2 else 1]:
            start = clock()
            run()
            seconds[name] = clock() - start
        ratios.append(seconds["old"] / seconds["new"])
    return median(ratios)


# %% wrong: warm-up rounds are timed and returned, too
def race(old, new, rounds, clock=time.perf_counter):
    ratios = []
    for number in range(rounds + 3):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: -1 if number % 2 else 1]:
            start = clock()
            run()
            seconds[name] = clock() - start
        ratios.append(seconds["old"] / seconds["new"])
    return ratios


# %% wrong: warm-up in every round
def race(old, new, rounds, clock=time.perf_counter):
    ratios = []
    for number in range(rounds):
        seconds = {}
        for name, run in [("old", old), ("new", new)][:: -1 if number % 2 else 1]:
            for _ in range(3):
                run()
            start = clock()
            run()
            seconds[name] = clock() - start
        ratios.append(seconds["old"] / seconds["new"])
    return ratios


# %% wrong: forgotten return
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old(), new()


# %% right: a function that times, and a branch
def race(old, new, rounds, clock=time.perf_counter):
    def seconds(run):
        start = clock()
        run()
        return clock() - start

    for run in (old, old, old, new, new, new):
        run()
    ratios = []
    for number in range(rounds):
        if number % 2:
            b = seconds(new)
            a = seconds(old)
        else:
            a = seconds(old)
            b = seconds(new)
        ratios.append(a / b)
    return ratios


# %% right: timed warm-up that is dropped, as an array
def race(old, new, rounds, clock=time.perf_counter):
    programs, taken = (old, new), [[], []]
    for number in range(-3, rounds):
        for which in (1, 0) if number % 2 else (0, 1):
            start = clock()
            programs[which]()
            taken[which].append(clock() - start)
    return list(np.array(taken[0][3:]) / np.array(taken[1][3:]))
