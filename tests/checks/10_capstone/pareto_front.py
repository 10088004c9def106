# %% wrong: equal points knock each other out
def pareto_front(points):
    return [
        i
        for i, (cost, right) in enumerate(points)
        if not any(j != i and c <= cost and r >= right for j, (c, r) in enumerate(points))
    ]


# %% wrong: only strictly better in both counts
def pareto_front(points):
    return [i for i, (cost, right) in enumerate(points) if not any(c < cost and r > right for c, r in points)]


# %% wrong: high cost is good
def pareto_front(points):
    return [
        i
        for i, (cost, right) in enumerate(points)
        if not any(c >= cost and r >= right and (c, r) != (cost, right) for c, r in points)
    ]


# %% wrong: the points instead of their numbers
def pareto_front(points):
    return [
        (cost, right)
        for cost, right in points
        if not any(c <= cost and r >= right and (c, r) != (cost, right) for c, r in points)
    ]


# %% wrong: ordered by cost
def pareto_front(points):
    front = [
        i
        for i, (cost, right) in enumerate(points)
        if not any(c <= cost and r >= right and (c, r) != (cost, right) for c, r in points)
    ]
    return sorted(front, key=lambda i: points[i])


# %% wrong: one of equal points is enough
def pareto_front(points):
    best, front = float("-inf"), []
    for i in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1])):
        if points[i][1] > best:
            best = points[i][1]
            front.append(i)
    return sorted(front)


# %% wrong: a sweep that keeps every point as accurate as the best so far
def pareto_front(points):
    best, front = float("-inf"), []
    for i in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1])):
        if points[i][1] >= best:
            best = points[i][1]
            front.append(i)
    return sorted(front)


# %% wrong: the list is sorted in place
def pareto_front(points):
    points.sort()
    return [
        i
        for i, (cost, right) in enumerate(points)
        if not any(c <= cost and r >= right and (c, r) != (cost, right) for c, r in points)
    ]


# %% wrong: the best accuracy for the cost
def pareto_front(points):
    ratio = [right / cost if cost else 0 for cost, right in points]
    return [i for i, value in enumerate(ratio) if value == max(ratio)]


# %% right: tensors
def pareto_front(points):
    if not points:
        return []
    cost, right = torch.tensor(points, dtype=torch.float64).T
    no_worse = (cost <= cost[:, None]) & (right >= right[:, None])
    better = (cost < cost[:, None]) | (right > right[:, None])
    return (~(no_worse & better).any(1)).nonzero().flatten().tolist()


# %% right: two loops
def pareto_front(points):
    front = []
    for i in range(len(points)):
        out = False
        for j in range(len(points)):
            no_worse = points[j][0] <= points[i][0] and points[j][1] >= points[i][1]
            if no_worse and (points[j][0] < points[i][0] or points[j][1] > points[i][1]):
                out = True
        if not out:
            front.append(i)
    return front


# %% wrong: identity comparison
def pareto_front(points):
    return [i for i, p in enumerate(points) if not any(q is not p and q[0] <= p[0] and q[1] >= p[1] for q in points)]


# %% wrong: best starts at zero
def pareto_front(points):
    front, best, best_cost = [], 0, None
    for i in sorted(range(len(points)), key=lambda k: (points[k][0], -points[k][1])):
        cost, accuracy = points[i]
        if accuracy > best:
            front, best, best_cost = front + [i], accuracy, cost
        elif accuracy == best and cost == best_cost:
            front.append(i)
    return sorted(front)


# %% wrong: whole numbers
def pareto_front(points):
    pts = [(int(c), int(a)) for c, a in points]
    return [i for i, p in enumerate(pts) if not any(q[0] <= p[0] and q[1] >= p[1] and q != p for q in pts)]


# %% wrong: tolerance
def pareto_front(points):
    def same(p, q):
        return abs(p[0] - q[0]) < 0.5 and abs(p[1] - q[1]) < 0.5

    return [
        i for i, p in enumerate(points) if not any(q[0] <= p[0] and q[1] >= p[1] and not same(p, q) for q in points)
    ]


# %% wrong: float32 tensor large costs
def pareto_front(points):
    if not points:
        return []
    t = torch.tensor(points, dtype=torch.float32)
    c, a = t[:, 0], t[:, 1]
    dom = (c[None] <= c[:, None]) & (a[None] >= a[:, None]) & ((c[None] < c[:, None]) | (a[None] > a[:, None]))
    return (~dom.any(1)).nonzero().flatten().tolist()


# %% wrong: strict in both
def pareto_front(points):
    return [i for i, p in enumerate(points) if not any(q[0] < p[0] and q[1] > p[1] for q in points)]


# %% wrong: weak drops duplicates
def pareto_front(points):
    return [
        i
        for i, p in enumerate(points)
        if not any(q[0] <= p[0] and q[1] >= p[1] for j, q in enumerate(points) if j != i)
    ]


# %% wrong: index of point
def pareto_front(points):
    keep = [p for p in points if not any(q[0] <= p[0] and q[1] >= p[1] and q != p for q in points)]
    return [points.index(p) for p in keep]


# %% wrong: only neighbours in cost
def pareto_front(points):
    order = sorted(range(len(points)), key=lambda k: (points[k][0], -points[k][1]))
    out = []
    for place, i in enumerate(order):
        before = points[order[place - 1]] if place else None
        if before is None or points[i] == before or points[i][1] > before[1]:
            out.append(i)
    return sorted(out)


# %% right: best by cost
def pareto_front(points):
    out = []
    for i, (cost, right) in enumerate(points):
        cheaper = max((a for c, a in points if c < cost), default=-math.inf)
        equal = max(a for c, a in points if c == cost)
        if right > cheaper and right == equal:
            out.append(i)
    return out


# %% right: numpy ints
def pareto_front(points):
    if not points:
        return []
    p = np.array(points, dtype=float)
    keep = [not np.any((p[:, 0] <= c) & (p[:, 1] >= a) & ((p[:, 0] < c) | (p[:, 1] > a))) for c, a in p]
    return list(np.flatnonzero(keep))
