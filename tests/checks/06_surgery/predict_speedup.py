# %% wrong: one operation a MAC
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(max(cost["macs"] / flops, cost["bytes"] / bandwidth) for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: both times added
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(2 * cost["macs"] / flops + cost["bytes"] / bandwidth for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: the smaller of both
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(min(2 * cost["macs"] / flops, cost["bytes"] / bandwidth) for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: the larger of the sums
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return max(sum(2 * cost["macs"] for cost in costs) / flops, sum(cost["bytes"] for cost in costs) / bandwidth)

    return seconds(before) / seconds(after)


# %% wrong: upside down
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(max(2 * cost["macs"] / flops, cost["bytes"] / bandwidth) for cost in costs)

    return seconds(after) / seconds(before)


# %% wrong: the ratio of the MACs
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(cost["macs"] for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: the ratio of the bytes
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(cost["bytes"] for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: the slowest layer alone
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return max(max(2 * cost["macs"] / flops, cost["bytes"] / bandwidth) for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: parameters instead of bytes
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(max(2 * cost["macs"] / flops, 4 * cost["parameters"] / bandwidth) for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: times instead of their ratio
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(max(2 * cost["macs"] / flops, cost["bytes"] / bandwidth) for cost in costs)

    return seconds(before) - seconds(after)


# %% wrong: flops and bandwidth swapped
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        return sum(max(2 * cost["macs"] / bandwidth, cost["bytes"] / flops) for cost in costs)

    return seconds(before) / seconds(after)


# %% wrong: the mean of the layers' speed-ups
def predict_speedup(before, after, flops, bandwidth):
    def seconds(cost):
        return max(2 * cost["macs"] / flops, cost["bytes"] / bandwidth)

    ratios = [seconds(old) / seconds(new) for old, new in zip(before, after, strict=False)]
    return sum(ratios) / len(ratios)


# %% right: two loops
def predict_speedup(before, after, flops, bandwidth):
    times = []
    for costs in (before, after):
        total = 0.0
        for cost in costs:
            work, wait = 2 * cost["macs"] / flops, cost["bytes"] / bandwidth
            total += work if work > wait else wait
        times.append(total)
    return times[0] / times[1]


# %% right: by tensors
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        table = torch.tensor([[2 * c["macs"] / flops, c["bytes"] / bandwidth] for c in costs], dtype=torch.float64)
        return table.max(1).values.sum()

    return seconds(before) / seconds(after)
