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


# %% wrong: no warm up
def race(old, new, rounds, clock=time.perf_counter):
    out = []
    for i in range(rounds):
        t = {}
        for f in (old, new) if i % 2 == 0 else (new, old):
            a = clock()
            f()
            t[f] = clock() - a
        out.append(t[old] / t[new])
    return out


# %% wrong: blocks
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old()
        new()

    def block(f):
        out = []
        for _ in range(rounds):
            a = clock()
            f()
            out.append(clock() - a)
        return out

    return [a / b for a, b in zip(block(old), block(new))]


# %% wrong: own clock
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old()
        new()
    out = []
    for i in range(rounds):
        t = {}
        for name, f in (("old", old), ("new", new)) if i % 2 == 0 else (("new", new), ("old", old)):
            a = time.perf_counter()
            f()
            t[name] = time.perf_counter() - a
        out.append(t["old"] / t["new"])
    return out


# %% wrong: chained clock reads
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old()
        new()
    out, before = [], clock()
    for i in range(rounds):
        t = {}
        for name, f in (("old", old), ("new", new)) if i % 2 == 0 else (("new", new), ("old", old)):
            f()
            now = clock()
            t[name] = now - before
            before = now
        out.append(t["old"] / t["new"])
    return out


# %% breach: other work inside the timed region
def race(old, new, rounds, clock=time.perf_counter):
    def timed_call(f):
        start = clock()
        sum(range(100_000))
        f()
        return clock() - start

    for _ in range(3):
        old()
        new()
    out = []
    for i in range(rounds):
        if i % 2 == 0:
            a = timed_call(old)
            b = timed_call(new)
        else:
            b = timed_call(new)
            a = timed_call(old)
        out.append(a / b)
    return out


# %% wrong: rounded ratios
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old()
        new()
    out = []
    for i in range(rounds):
        t = {}
        for name, f in (("old", old), ("new", new)) if i % 2 == 0 else (("new", new), ("old", old)):
            a = clock()
            f()
            t[name] = clock() - a
        out.append(round(t["old"] / t["new"], 3))
    return out


# %% wrong: keyed by function
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old()
        new()
    out = []
    for i in range(rounds):
        t = {}
        for f in (old, new) if i % 2 == 0 else (new, old):
            a = clock()
            f()
            t[f] = clock() - a
        out.append(t[old] / t[new])
    return out


# %% right: alternate explicit
def race(old, new, rounds, clock=time.perf_counter):
    def seconds(f):
        start = clock()
        f()
        return clock() - start

    for f in (old, old, old, new, new, new):
        f()
    result = []
    for i in range(rounds):
        if i % 2:
            n = seconds(new)
            o = seconds(old)
        else:
            o = seconds(old)
            n = seconds(new)
        result.append(o / n)
    return result


# %% right: numpy arrays
import numpy as np


def race(old, new, rounds, clock=time.perf_counter):
    programs = [old, new]
    for _ in range(3):
        for f in programs:
            f()
    taken = np.zeros((rounds, 2))
    for i in range(rounds):
        for which in [0, 1] if i % 2 == 0 else [1, 0]:
            start = clock()
            programs[which]()
            taken[i, which] = clock() - start
    return list(taken[:, 0] / taken[:, 1])


# %% right: tuple from generator
def race(old, new, rounds, clock=time.perf_counter):
    for _ in range(3):
        old()
        new()

    def one(number):
        pair = {"old": old, "new": new}
        took = {}
        for name in sorted(pair, reverse=number % 2 == 0):
            start = clock()
            pair[name]()
            took[name] = clock() - start
        return took["old"] / took["new"]

    return tuple(one(n) for n in range(rounds))
