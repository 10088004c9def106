# %% wrong: the columns of a channel interleaved
def channel_norms(writer, reader, p):
    channels = len(writer.weight)
    written = torch.linalg.vector_norm(writer.weight.flatten(1), ord=p, dim=1)
    weight = reader.weight
    if weight.ndim == 2:
        weight = weight.reshape(len(weight), -1, channels).transpose(1, 2)
    return written, torch.linalg.vector_norm(weight.reshape(len(weight), channels, -1), ord=p, dim=(0, 2))


# %% wrong: one norm a column after a flatten
def channel_norms(writer, reader, p):
    written = torch.linalg.vector_norm(writer.weight.flatten(1), ord=p, dim=1)
    return written, torch.linalg.vector_norm(reader.weight.transpose(0, 1).flatten(1), ord=p, dim=1)


# %% wrong: L1 without the absolute value
def channel_norms(writer, reader, p):
    rows = writer.weight.flatten(1)
    columns = reader.weight.reshape(len(reader.weight), len(rows), -1).movedim(1, 0).flatten(1)
    return tuple(x.sum(1) if p == 1 else x.square().sum(1).sqrt() for x in (rows, columns))


# %% wrong: L2 without the root
def channel_norms(writer, reader, p):
    rows = writer.weight.flatten(1)
    columns = reader.weight.reshape(len(reader.weight), len(rows), -1).movedim(1, 0).flatten(1)
    return tuple(x.abs().pow(p).sum(1) for x in (rows, columns))


# %% wrong: the mean instead of the sum
def channel_norms(writer, reader, p):
    rows = writer.weight.flatten(1)
    columns = reader.weight.reshape(len(reader.weight), len(rows), -1).movedim(1, 0).flatten(1)
    return tuple(x.abs().pow(p).mean(1).pow(1 / p) for x in (rows, columns))


# %% wrong: the inputs of the writer and the outputs of the reader
def channel_norms(writer, reader, p):
    written = torch.linalg.vector_norm(writer.weight.transpose(0, 1).flatten(1), ord=p, dim=1)
    return written, torch.linalg.vector_norm(reader.weight.flatten(1), ord=p, dim=1)


# %% wrong: the outputs of the reader
def channel_norms(writer, reader, p):
    return tuple(torch.linalg.vector_norm(layer.weight.flatten(1), ord=p, dim=1) for layer in (writer, reader))


# %% wrong: with the bias
def channel_norms(writer, reader, p):
    rows = writer.weight.flatten(1)
    inputs = reader.weight.reshape(len(reader.weight), len(rows), -1)
    if writer.bias is not None:
        rows = torch.cat([rows, writer.bias[:, None]], 1)
    return torch.linalg.vector_norm(rows, ord=p, dim=1), torch.linalg.vector_norm(inputs, ord=p, dim=(0, 2))


# %% wrong: reads first
def channel_norms(writer, reader, p):
    filters = writer.weight.flatten(1)
    inputs = reader.weight.reshape(len(reader.weight), len(filters), -1)
    return torch.linalg.vector_norm(inputs, ord=p, dim=(0, 2)), torch.linalg.vector_norm(filters, ord=p, dim=1)


# %% wrong: the same for every channel
def channel_norms(writer, reader, p):
    return torch.ones(len(writer.weight)), torch.ones(len(writer.weight))


# %% wrong: drawn by chance
def channel_norms(writer, reader, p):
    return tuple(torch.rand(2, len(writer.weight), generator=seeded(0), dtype=writer.weight.dtype))


# %% wrong: L1 whatever p says
def channel_norms(writer, reader, p):
    filters = writer.weight.flatten(1)
    inputs = reader.weight.reshape(len(reader.weight), len(filters), -1)
    return filters.abs().sum(1), inputs.abs().sum((0, 2))


# %% wrong: one norm a kernel
def channel_norms(writer, reader, p):
    inputs = reader.weight.reshape(len(reader.weight), len(writer.weight), -1)
    kernels = writer.weight.flatten(2) if writer.weight.ndim == 4 else writer.weight[..., None]
    return torch.linalg.vector_norm(kernels, ord=p, dim=2), torch.linalg.vector_norm(inputs, ord=p, dim=(0, 2))


# %% wrong: negated
def channel_norms(writer, reader, p):
    filters = writer.weight.flatten(1)
    inputs = reader.weight.reshape(len(reader.weight), len(filters), -1)
    return -torch.linalg.vector_norm(filters, ord=p, dim=1), -torch.linalg.vector_norm(inputs, ord=p, dim=(0, 2))


# %% right: one channel after another
def channel_norms(writer, reader, p):
    channels = len(writer.weight)
    pixels = reader.weight.shape[1] // channels
    written = torch.stack([writer.weight[i].detach().abs().pow(p).sum() ** (1 / p) for i in range(channels)])
    owned = [reader.weight[:, i * pixels : (i + 1) * pixels] for i in range(channels)]
    return written, torch.stack([weights.detach().norm(p) for weights in owned])


# %% right: a list of two, by chunks
def channel_norms(writer, reader, p):
    written = [torch.linalg.vector_norm(unit, ord=p) for unit in writer.weight]
    read = [torch.linalg.vector_norm(part, ord=p) for part in reader.weight.chunk(len(written), dim=1)]
    return [torch.stack(written), torch.stack(read)]


# %% right: movedim
def channel_norms(writer, reader, p):
    w = writer.weight
    r = reader.weight.unflatten(1, (len(w), -1)).transpose(0, 1).flatten(1)
    size = lambda m: m.abs().pow(p).sum(1).pow(1 / p)
    return size(w.reshape(len(w), -1)), size(r)


# %% right: python loops
def channel_norms(writer, reader, p):
    C = len(writer.weight)
    each = reader.weight.shape[1] // C
    out = [], []
    for c in range(C):
        for bag, values in zip(
            out, (writer.weight[c].flatten().tolist(), reader.weight[:, c * each : (c + 1) * each].flatten().tolist())
        ):
            bag.append(sum(abs(v) for v in values) if p == 1 else math.sqrt(sum(v * v for v in values)))
    return torch.tensor(out[0]), torch.tensor(out[1])


# %% wrong: squared l2
def channel_norms(writer, reader, p):
    C = len(writer.weight)
    return writer.weight.flatten(1).abs().pow(p).sum(1), reader.weight.reshape(len(reader.weight), C, -1).abs().pow(
        p
    ).sum((0, 2))


# %% wrong: bias counts
def channel_norms(writer, reader, p):
    C = len(writer.weight)
    w = torch.cat([writer.weight.flatten(1), writer.bias[:, None]], 1)
    return w.norm(p, dim=1), reader.weight.reshape(len(reader.weight), C, -1).norm(p, dim=(0, 2))


# %% wrong: swapped
def channel_norms(writer, reader, p):
    C = len(writer.weight)
    return reader.weight.reshape(len(reader.weight), C, -1).norm(p, dim=(0, 2)), writer.weight.flatten(1).norm(p, dim=1)


# %% wrong: matrix norm
def channel_norms(writer, reader, p):
    C = len(writer.weight)
    return writer.weight.flatten(1).norm(p, dim=1), torch.linalg.norm(
        reader.weight.reshape(len(reader.weight), C, -1), ord=p, dim=(0, 2)
    )


# %% wrong: square in place
def channel_norms(writer, reader, p):
    C = len(writer.weight)
    w, r = writer.weight.data.clone(), reader.weight.data
    w.abs_().pow_(p)
    r.abs_().pow_(p)
    return w.flatten(1).sum(1).pow(1 / p), r.reshape(len(r), C, -1).sum((0, 2)).pow(1 / p)
