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
