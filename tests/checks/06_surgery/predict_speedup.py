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


# %% right: torch tensor
def predict_speedup(before, after, flops, bandwidth):
    def time(costs):
        table = torch.tensor([[2 * c["macs"], c["bytes"]] for c in costs], dtype=torch.float64)
        return (table / torch.tensor([flops, bandwidth], dtype=torch.float64)).amax(1).sum()

    return (time(before) / time(after)).item()


# %% right: by intensity
def predict_speedup(before, after, flops, bandwidth):
    balance, totals = flops / bandwidth, [0.0, 0.0]
    for k, costs in enumerate((before, after)):
        for c in costs:
            ops = 2 * c["macs"]
            totals[k] += ops / flops if ops >= balance * c["bytes"] else c["bytes"] / bandwidth
    return totals[0] / totals[1]


# %% wrong: one operation a mac
def predict_speedup(before, after, flops, bandwidth):
    seconds = lambda costs: sum(max(c["macs"] / flops, c["bytes"] / bandwidth) for c in costs)
    return seconds(before) / seconds(after)


# %% wrong: mean of speedups
def predict_speedup(before, after, flops, bandwidth):
    t = lambda c: max(2 * c["macs"] / flops, c["bytes"] / bandwidth)
    return sum(t(b) / t(a) for b, a in zip(before, after)) / len(before)


# %% wrong: max of sums
def predict_speedup(before, after, flops, bandwidth):
    seconds = lambda costs: max(sum(2 * c["macs"] for c in costs) / flops, sum(c["bytes"] for c in costs) / bandwidth)
    return seconds(before) / seconds(after)


# %% wrong: both times added, again
def predict_speedup(before, after, flops, bandwidth):
    seconds = lambda costs: sum(2 * c["macs"] / flops + c["bytes"] / bandwidth for c in costs)
    return seconds(before) / seconds(after)


# %% wrong: limit of before
def predict_speedup(before, after, flops, bandwidth):
    total = [0, 0]
    for b, a in zip(before, after):
        key, rate = ("macs", flops / 2) if 2 * b["macs"] / flops >= b["bytes"] / bandwidth else ("bytes", bandwidth)
        total[0] += b[key] / rate
        total[1] += a[key] / rate
    return total[0] / total[1]


# %% wrong: zip truncates
def predict_speedup(before, after, flops, bandwidth):
    t = lambda c: max(2 * c["macs"] / flops, c["bytes"] / bandwidth)
    pairs = [(t(b), t(a)) for b, a in zip(before, after)]
    return sum(p[0] for p in pairs) / sum(p[1] for p in pairs)


# %% wrong: integer division
def predict_speedup(before, after, flops, bandwidth):
    seconds = lambda costs: sum(max(2 * c["macs"] // flops, c["bytes"] // bandwidth) for c in costs)
    return seconds(before) / seconds(after)


# %% wrong: swapped rates
def predict_speedup(before, after, flops, bandwidth):
    seconds = lambda costs: sum(max(2 * c["macs"] / bandwidth, c["bytes"] / flops) for c in costs)
    return seconds(before) / seconds(after)


# %% wrong: doubles the costs in place
def predict_speedup(before, after, flops, bandwidth):
    def seconds(costs):
        for c in costs:
            c["macs"] *= 2
        return sum(max(c["macs"] / flops, c["bytes"] / bandwidth) for c in costs)

    return seconds(before) / seconds(after)
