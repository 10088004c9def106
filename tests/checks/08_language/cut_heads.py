# %% wrong: groups of a size that is no whole number
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) / len(pairs)
    return small


# %% wrong: the groups keep their old size
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    return small


# %% wrong: keys and values stay whole
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows = (size * queries[:, None] + torch.arange(size)).flatten()
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: values stay whole
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: keys are dealt out in turn, query 0 to key 0, query 1 to key 1
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries % (attention.k_proj.out_features // size)).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: the first key-value heads
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = torch.arange(len((queries // attention.num_key_value_groups).unique()))
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: key-value heads with the numbers of the queries
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = queries[queries < attention.k_proj.out_features // size]
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // max(1, len(pairs))
    return small


# %% wrong: the rows of a head lie far apart
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = (
        (heads[:, None] + len(layer.weight) // size * torch.arange(size)).flatten()
        for heads, layer in ((queries, attention.q_proj), (pairs, attention.k_proj))
    )
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: number by number, then head by head
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).T.flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: the first columns of o_proj
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=torch.arange(len(rows)))
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: rows of o_proj
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, outputs=rows % attention.o_proj.out_features)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: o_proj stays whole
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: the queries that go
def cut_heads(attention, queries):
    heads = torch.arange(attention.q_proj.out_features // attention.head_dim)
    queries = heads[~torch.isin(heads, queries)] if len(queries) < len(heads) else queries
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: changes the original
def cut_heads(attention, queries):
    small, size = attention, attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: zeros in place of a cut
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    lost = torch.ones(attention.o_proj.in_features, dtype=torch.bool)
    lost[(size * queries[:, None] + torch.arange(size)).flatten()] = False
    small.o_proj.weight.data[:, lost] = 0
    return small


# %% wrong: every query gets keys of its own
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = queries // attention.num_key_value_groups
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = 1
    return small


# %% wrong: rows by number of the head, not of its numbers
def cut_heads(attention, queries):
    small = deepcopy(attention)
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = (heads for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: forgets the biases
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    for name in ("q_proj", "k_proj", "v_proj"):
        getattr(small, name).bias = None
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: returns nothing
def cut_heads(attention, queries):
    small, size = deepcopy(attention), attention.head_dim
    pairs = (queries // attention.num_key_value_groups).unique()
    rows, shared = ((size * heads[:, None] + torch.arange(size)).flatten() for heads in (queries, pairs))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.k_proj = narrowed(attention.k_proj, outputs=shared)
    small.v_proj = narrowed(attention.v_proj, outputs=shared)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = len(queries) // len(pairs)


# %% right: masks of booleans
def cut_heads(attention, queries):
    small, size, group = deepcopy(attention), attention.head_dim, attention.num_key_value_groups
    heads = attention.q_proj.out_features // size
    stay = torch.zeros(heads, dtype=torch.bool)
    stay[queries] = True
    shared = stay.view(-1, group).any(1)
    rows = stay.repeat_interleave(size)
    for name in ("k_proj", "v_proj"):
        setattr(small, name, narrowed(getattr(attention, name), outputs=shared.repeat_interleave(size)))
    small.q_proj = narrowed(attention.q_proj, outputs=rows)
    small.o_proj = narrowed(attention.o_proj, inputs=rows)
    small.num_key_value_groups = int(stay.sum() // shared.sum())
    return small


# %% right: lists of rows and plain layers
def cut_heads(attention, queries):
    size, group = attention.head_dim, attention.num_key_value_groups
    rows = [int(head) * size + i for head in queries for i in range(size)]
    pairs = sorted({int(head) // group for head in queries})
    shared = [pair * size + i for pair in pairs for i in range(size)]
    small = deepcopy(attention)
    for layer, kept in ((small.q_proj, rows), (small.k_proj, shared), (small.v_proj, shared)):
        layer.weight = nn.Parameter(layer.weight.detach()[kept])
        if layer.bias is not None:
            layer.bias = nn.Parameter(layer.bias.detach()[kept])
        layer.out_features = len(kept)
    small.o_proj.weight = nn.Parameter(small.o_proj.weight.detach()[:, rows])
    small.o_proj.in_features = len(rows)
    small.num_key_value_groups = len(queries) // len(pairs)
    return small


# %% wrong: groups left
def cut_heads(attention, queries):
    d, g = attention.head_dim, attention.num_key_value_groups
    kv = (queries // g).unique()
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()
    small = deepcopy(attention)
    small.q_proj = narrowed(attention.q_proj, outputs=rows(queries))
    small.k_proj = narrowed(attention.k_proj, outputs=rows(kv))
    small.v_proj = narrowed(attention.v_proj, outputs=rows(kv))
    small.o_proj = narrowed(attention.o_proj, inputs=rows(queries))
    return small


# %% wrong: in place original
def cut_heads(attention, queries):
    d, g = attention.head_dim, attention.num_key_value_groups
    kv = (queries // g).unique()
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()
    attention.q_proj = narrowed(attention.q_proj, outputs=rows(queries))
    attention.k_proj = narrowed(attention.k_proj, outputs=rows(kv))
    attention.v_proj = narrowed(attention.v_proj, outputs=rows(kv))
    attention.o_proj = narrowed(attention.o_proj, inputs=rows(queries))
    attention.num_key_value_groups = len(queries) // len(kv)
    return attention


# %% wrong: shallow copy
def cut_heads(attention, queries):
    from copy import copy

    d, g = attention.head_dim, attention.num_key_value_groups
    kv = (queries // g).unique()
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()
    small = copy(attention)
    small.q_proj = narrowed(attention.q_proj, outputs=rows(queries))
    small.k_proj = narrowed(attention.k_proj, outputs=rows(kv))
    small.v_proj = narrowed(attention.v_proj, outputs=rows(kv))
    small.o_proj = narrowed(attention.o_proj, inputs=rows(queries))
    small.num_key_value_groups = len(queries) // len(kv)
    return small


# %% wrong: kv not unique
def cut_heads(attention, queries):
    d, g = attention.head_dim, attention.num_key_value_groups
    kv = queries // g
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()
    small = deepcopy(attention)
    small.q_proj = narrowed(attention.q_proj, outputs=rows(queries))
    small.k_proj = narrowed(attention.k_proj, outputs=rows(kv))
    small.v_proj = narrowed(attention.v_proj, outputs=rows(kv))
    small.o_proj = narrowed(attention.o_proj, inputs=rows(queries))
    small.num_key_value_groups = 1
    return small


# %% wrong: bias dropped
def cut_heads(attention, queries):
    d, g = attention.head_dim, attention.num_key_value_groups
    kv = (queries // g).unique()
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()

    def cut(l, o=None, i=None):
        w = l.weight.detach()
        w = w if o is None else w[o]
        w = w if i is None else w[:, i]
        new = nn.Linear(w.shape[1], w.shape[0], bias=False)
        new.weight = nn.Parameter(w.clone())
        return new

    small = deepcopy(attention)
    small.q_proj = cut(attention.q_proj, rows(queries))
    small.k_proj = cut(attention.k_proj, rows(kv))
    small.v_proj = cut(attention.v_proj, rows(kv))
    small.o_proj = cut(attention.o_proj, None, rows(queries))
    small.num_key_value_groups = len(queries) // len(kv)
    return small


# %% wrong: head dim from hidden over heads hardcoded eight
def cut_heads(attention, queries):
    d, g = 8, attention.num_key_value_groups
    kv = (queries // g).unique()
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()
    small = deepcopy(attention)
    small.q_proj = narrowed(attention.q_proj, outputs=rows(queries))
    small.k_proj = narrowed(attention.k_proj, outputs=rows(kv))
    small.v_proj = narrowed(attention.v_proj, outputs=rows(kv))
    small.o_proj = narrowed(attention.o_proj, inputs=rows(queries))
    small.num_key_value_groups = len(queries) // len(kv)
    return small


# %% wrong: k proj rows also for v shifted
def cut_heads(attention, queries):
    d, g = attention.head_dim, attention.num_key_value_groups
    kv = (queries // g).unique()
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()
    small = deepcopy(attention)
    small.q_proj = narrowed(attention.q_proj, outputs=rows(queries))
    small.k_proj = narrowed(attention.k_proj, outputs=rows(kv))
    small.v_proj = narrowed(attention.v_proj, outputs=torch.arange(d * len(kv)))
    small.o_proj = narrowed(attention.o_proj, inputs=rows(queries))
    small.num_key_value_groups = len(queries) // len(kv)
    return small


# %% breach: mutates shared config
def cut_heads(attention, queries):
    d, g = attention.head_dim, attention.num_key_value_groups
    kv = (queries // g).unique()
    rows = lambda h: (d * h[:, None] + torch.arange(d)).flatten()
    small = deepcopy(attention)
    small.q_proj = narrowed(attention.q_proj, outputs=rows(queries))
    small.k_proj = narrowed(attention.k_proj, outputs=rows(kv))
    small.v_proj = narrowed(attention.v_proj, outputs=rows(kv))
    small.o_proj = narrowed(attention.o_proj, inputs=rows(queries))
    small.num_key_value_groups = len(queries) // len(kv)
    attention.config.num_attention_heads = len(queries)
    attention.config.num_key_value_heads = len(kv)
    return small
