# %% wrong: mean and standard error
def median_interval(values):
    half = 1.96 * np.std(values) / math.sqrt(len(values))
    return mean(values), mean(values) - half, mean(values) + half


# %% wrong: the range of all values
def median_interval(values):
    return median(values), min(values), max(values)


# %% wrong: quartiles
def median_interval(values):
    return median(values), float(np.quantile(values, 0.25)), float(np.quantile(values, 0.75))


# %% wrong: 95 % of the values
def median_interval(values):
    return median(values), float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


# %% wrong: one too far inside
def median_interval(values):
    ordered, n = sorted(values), len(values)
    j = sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n))
    return median(ordered), ordered[min(j, n - 1)], ordered[max(n - 1 - j, 0)]


# %% wrong: one too far outside above
def median_interval(values):
    ordered, n = sorted(values), len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n)))
    return median(ordered), ordered[j - 1], ordered[min(n - 1, n + 1 - j)]


# %% wrong: five per cent on each side
def median_interval(values):
    ordered, n = sorted(values), len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.05 for i in range(n)))
    return median(ordered), ordered[j - 1], ordered[n - j]


# %% wrong: values not sorted
def median_interval(values):
    n = len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n)))
    return median(values), values[j - 1], values[n - j]


# %% wrong: sorted in place
def median_interval(values):
    values.sort()
    n = len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n)))
    return median(values), values[j - 1], values[n - j]


# %% wrong: fails below six values
def median_interval(values):
    ordered, n = sorted(values), len(values)
    j = [i for i in range(1, n) if stats.binom.cdf(i - 1, n, 0.5) <= 0.025][-1]
    return median(ordered), ordered[j - 1], ordered[n - j]


# %% wrong: j = 0 takes the last value as the low end
def median_interval(values):
    ordered, n = sorted(values), len(values)
    j = sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n))
    return median(ordered), ordered[j - 1], ordered[-j]


# %% wrong: the upper middle as the median
def median_interval(values):
    ordered, n = sorted(values), len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n)))
    return ordered[n // 2], ordered[j - 1], ordered[n - j]


# %% right: sums of binomial coefficients
def median_interval(values):
    ordered, n, j, below = sorted(values), len(values), 0, 0
    while j < n and (below + math.comb(n, j)) / 2**n <= 0.025:
        below += math.comb(n, j)
        j += 1
    j = max(j, 1)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return middle, ordered[j - 1], ordered[-j]


# %% right: by the quantile of the binomial distribution, as a list
def median_interval(values):
    ordered = np.sort(values)
    cut = max(int(stats.binom.ppf(0.025, len(ordered), 0.5)), 1)
    return [np.median(ordered), ordered[cut - 1], ordered[::-1][cut - 1]]


# %% wrong: normal approximation
def median_interval(values):
    r, n = sorted(values), len(values)
    j = max(1, int(n / 2 - 1.96 * math.sqrt(n) / 2))
    return median(r), r[j - 1], r[n - j]


# %% wrong: normal approximation rounded
def median_interval(values):
    r, n = sorted(values), len(values)
    j = max(1, round(n / 2 - 1.96 * math.sqrt(n) / 2))
    return median(r), r[j - 1], r[n - j]


# %% wrong: one sided
def median_interval(values):
    r, n = sorted(values), len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.05 for i in range(n)))
    return median(r), r[j - 1], r[n - j]


# %% wrong: percentiles
def median_interval(values):
    return median(values), float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


# %% wrong: sorts in place
def median_interval(values):
    values.sort()
    n = len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n)))
    return median(values), values[j - 1], values[n - j]


# %% wrong: high end one short
def median_interval(values):
    r, n = sorted(values), len(values)
    j = max(1, sum(stats.binom.cdf(i, n, 0.5) <= 0.025 for i in range(n)))
    return median(r), r[j - 1], r[n - j - 1]


# %% wrong: table of the examples
def median_interval(values):
    r, n = sorted(values), len(values)
    j = {9: 2, 10: 2, 11: 2, 60: 22}.get(n, 1)
    return median(r), r[j - 1], r[n - j]


# %% right: binomtest free while
def median_interval(values):
    ordered = list(values)
    ordered.sort()
    n, j = len(ordered), 1
    while j + 1 <= n and sum(math.comb(n, i) for i in range(j + 1)) / 2**n <= 0.025:
        j += 1
    return [median(ordered), ordered[j - 1], ordered[n - j]]
