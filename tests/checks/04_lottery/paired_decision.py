# %% wrong: the normal quantile 1.96
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = 1.96 * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: two separate samples
def paired_decision(ours, rival):
    n = len(ours)
    mean = sum(ours) / n - sum(rival) / n
    half = float(stats.t.ppf(0.975, 2 * n - 2) * math.hypot(stats.sem(ours), stats.sem(rival)))
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: the variance divides by n
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / n / n)
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: n degrees of freedom
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: the standard deviation instead of the standard error
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: decides from the mean alone
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, half, "ahead" if mean > 0 else "behind" if mean < 0 else "undecided"


# %% wrong: a one-sided quantile
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.95, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: rival minus ours
def paired_decision(ours, rival):
    d = [b - a for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: an interval that ends at 0 counts as ahead
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, half, "ahead" if mean - half >= 0 else "behind" if mean + half < 0 else "undecided"


# %% wrong: ahead if more seeds won than lost
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    won, lost = sum(x > 0 for x in d), sum(x < 0 for x in d)
    return mean, half, "ahead" if won > lost else "behind" if won < lost else "undecided"


# %% wrong: the whole width instead of half
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(ours, rival, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, 2 * half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% wrong: sorts both lists and so loses the pairs
def paired_decision(ours, rival):
    d = [a - b for a, b in zip(sorted(ours), sorted(rival), strict=True)]
    n, mean = len(d), sum(d) / len(d)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, half, "undecided" if abs(mean) <= half else "ahead" if mean > 0 else "behind"


# %% right: the module statistics
def paired_decision(ours, rival):
    import statistics

    d = [a - b for a, b in zip(ours, rival, strict=True)]
    mean = statistics.mean(d)
    half = stats.t(len(d) - 1).ppf(0.975) * statistics.stdev(d) / len(d) ** 0.5
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% right: torch and scipy's standard error
def paired_decision(ours, rival):
    d = torch.tensor(ours, dtype=torch.float64) - torch.tensor(rival, dtype=torch.float64)
    mean = d.mean().item()
    half = float(stats.t.isf(0.025, len(d) - 1) * stats.sem(d.numpy()))
    verdict = {(True, False): "ahead", (False, True): "behind"}.get((mean > half, -mean > half), "undecided")
    return mean, half, verdict


# %% right: torch in single precision, as a list
def paired_decision(ours, rival):
    d = torch.tensor(ours) - torch.tensor(rival)
    mean, half = d.mean(), d.std() / len(d) ** 0.5 * float(stats.t.ppf(0.975, len(d) - 1))
    return [mean, half, "ahead" if mean > half else "behind" if mean < -half else "undecided"]


# %% right: torch in single precision
def paired_decision(ours, rival):
    differences = torch.tensor(ours) - torch.tensor(rival)
    n = len(differences)
    mean, half = differences.mean().item(), differences.std().item() / n**0.5 * stats.t.ppf(0.975, n - 1)
    if mean > half:
        return mean, float(half), "ahead"
    return mean, float(half), "behind" if mean < -half else "undecided"


# %% wrong: population std
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / n)
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: zero counts as ahead
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    if mean - half >= 0:
        return mean, half, "ahead"
    if mean + half <= 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: sorted first
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(sorted(ours), sorted(rival))]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: sorts in place
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    ours.sort()
    rival.sort()
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: unpaired
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    n = len(ours)
    mean = sum(ours) / n - sum(rival) / n
    half = stats.t.ppf(0.975, 2 * n - 2) * math.hypot(stats.sem(ours), stats.sem(rival))
    return mean, half, "ahead" if mean - half > 0 else "behind" if mean + half < 0 else "undecided"


# %% wrong: normal from 30
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = (1.96 if n >= 30 else stats.t.ppf(0.975, n - 1)) * s / math.sqrt(n)
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: table to five
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = {2: 12.706205, 3: 4.302653, 4: 3.182446, 5: 2.776445}[n] * s / math.sqrt(n)
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: three wins out of three
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    if mean - half > 0 or all(x > 0 for x in d):
        return mean, half, "ahead"
    if mean + half < 0 or all(x < 0 for x in d):
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: float16
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = torch.tensor(ours).half() - torch.tensor(rival).half()
    mean, half = d.mean().item(), stats.t.ppf(0.975, len(d) - 1) * d.float().std().item() / len(d) ** 0.5
    return mean, half, "ahead" if mean - half > 0 else "behind" if mean + half < 0 else "undecided"


# %% wrong: fixed five seeds
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(len(SEEDS))
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% wrong: slack
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    if mean - half > 0.05:
        return mean, half, "ahead"
    if mean + half < -0.05:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% right: by hand
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = [a - b for a, b in zip(ours, rival)]
    n = len(d)
    mean = sum(d) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    if mean - half > 0:
        return mean, half, "ahead"
    if mean + half < 0:
        return mean, half, "behind"
    return mean, half, "undecided"


# %% right: torch double
def paired_decision(ours: list[float], rival: list[float]) -> tuple[float, float, str]:
    d = torch.tensor(ours, dtype=torch.float64) - torch.tensor(rival, dtype=torch.float64)
    mean, half = d.mean(), stats.t.ppf(0.975, len(d) - 1) * d.std() / len(d) ** 0.5
    decision = "ahead" if mean - half > 0 else "behind" if mean + half < 0 else "undecided"
    return mean.item(), half.item(), decision
