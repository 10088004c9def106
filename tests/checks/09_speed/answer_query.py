# %% wrong: sorted
def answer_query(predict, images, indices, batch):
    numbers = [*sorted(indices), *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: each sample once
def answer_query(predict, images, indices, batch):
    indices = list(dict.fromkeys(indices))
    numbers = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: last batch too small
def answer_query(predict, images, indices, batch):
    numbers = indices
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: last batch dropped
def answer_query(predict, images, indices, batch):
    answers = [
        predict(images[part]).argmax(1) for part in torch.tensor(indices[: len(indices) // batch * batch]).split(batch)
    ]
    return torch.cat(answers)[: len(indices)]


# %% wrong: answers to the filling kept
def answer_query(predict, images, indices, batch):
    numbers = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)


# %% wrong: one batch too many
def answer_query(predict, images, indices, batch):
    numbers = [*indices, *[indices[-1]] * (batch - len(indices) % batch)]
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: logits instead of classes
def answer_query(predict, images, indices, batch):
    numbers = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part]) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: argmax over the batch
def answer_query(predict, images, indices, batch):
    numbers = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part]).argmax(0) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: one image at a time
def answer_query(predict, images, indices, batch):
    return torch.cat([predict(images[i : i + 1]).argmax(1) for i in indices])


# %% wrong: one call for each image, filled up
def answer_query(predict, images, indices, batch):
    return torch.stack([predict(images[[i] * batch]).argmax(1)[0] for i in indices])


# %% wrong: the first images whatever was asked
def answer_query(predict, images, indices, batch):
    numbers = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part * 0 + torch.arange(batch)]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: filled up in front
def answer_query(predict, images, indices, batch):
    numbers = [*[indices[0]] * (-len(indices) % batch), *indices]
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)]


# %% wrong: floats
def answer_query(predict, images, indices, batch):
    numbers = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    answers = [predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)]
    return torch.cat(answers)[: len(indices)].float()


# %% right: zeros for filling
def answer_query(predict, images, indices, batch):
    found = []
    for start in range(0, len(indices), batch):
        part = images[indices[start : start + batch]]
        filling = torch.zeros(batch - len(part), *images.shape[1:])
        found += predict(torch.cat([part, filling])).argmax(1)[: len(part)].tolist()
    return torch.tensor(found)


# %% right: filled by the first sample, a buffer
def answer_query(predict, images, indices, batch):
    answers = torch.empty(len(indices), dtype=torch.int32)
    for start in range(0, len(indices), batch):
        part = indices[start : start + batch]
        logits = predict(images[part + [0] * (batch - len(part))])
        answers[start : start + len(part)] = logits.max(1).indices[: len(part)].int()
    return answers


# %% wrong: no filling
def answer_query(predict, images, indices, batch):
    return torch.cat([predict(images[part]).argmax(1) for part in torch.tensor(indices).split(batch)])


# %% wrong: fixed picture shape
def answer_query(predict, images, indices, batch):
    out = []
    for i in range(0, len(indices), batch):
        part = images[indices[i : i + batch]]
        n = len(part)
        if n < batch:
            part = torch.cat([part, torch.zeros(batch - n, 1, 28, 28)])
        out.append(predict(part).argmax(1)[:n])
    return torch.cat(out)


# %% wrong: filler in front
def answer_query(predict, images, indices, batch):
    numbers = [indices[0]] * (-len(indices) % batch) + list(indices)
    return torch.cat([predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)])[: len(indices)]


# %% wrong: next images as filler
def answer_query(predict, images, indices, batch):
    numbers = list(indices)
    while len(numbers) % batch:
        numbers.append(numbers[-1] + 1)
    numbers = [min(n, len(images) - 1) for n in numbers]
    return torch.cat([predict(images[part]).argmax(1) for part in torch.tensor(numbers).split(batch)])


# %% wrong: grows the query
def answer_query(predict, images, indices, batch):
    n = len(indices)
    while len(indices) % batch:
        indices.append(indices[-1])
    return torch.cat([predict(images[part]).argmax(1) for part in torch.tensor(indices).split(batch)])[:n]


# %% wrong: logits
def answer_query(predict, images, indices, batch):
    numbers = list(indices) + [indices[-1]] * (-len(indices) % batch)
    return torch.cat([predict(images[part]) for part in torch.tensor(numbers).split(batch)])[: len(indices)]


# %% wrong: uint8 classes
def answer_query(predict, images, indices, batch):
    numbers = list(indices) + [indices[-1]] * (-len(indices) % batch)
    return torch.cat([predict(images[part]).argmax(1).to(torch.uint8) for part in torch.tensor(numbers).split(batch)])[
        : len(indices)
    ].long()


# %% wrong: softmax confidence argmax abs
def answer_query(predict, images, indices, batch):
    numbers = list(indices) + [indices[-1]] * (-len(indices) % batch)
    return torch.cat([predict(images[part]).abs().argmin(1) for part in torch.tensor(numbers).split(batch)])[
        : len(indices)
    ]


# %% right: loop pad zeros like
def answer_query(predict, images, indices, batch):
    answers = []
    for start in range(0, len(indices), batch):
        part = images[list(indices[start : start + batch])]
        short = batch - len(part)
        if short:
            part = torch.cat([part, torch.zeros_like(part[:1]).expand(short, *part.shape[1:])])
        answers += predict(part).argmax(dim=1)[: batch - short].tolist()
    return torch.tensor(answers)


# %% right: numpy resize
def answer_query(predict, images, indices, batch):
    calls = math.ceil(len(indices) / batch)
    numbers = np.resize(np.array(indices), calls * batch).reshape(calls, batch)
    found = [predict(images[torch.from_numpy(row)]).max(dim=1).indices for row in numbers]
    return torch.cat(found)[: len(indices)]


# %% right: int32 answers
def answer_query(predict, images, indices, batch):
    numbers = list(indices) + [0] * (-len(indices) % batch)
    found = []
    for i in range(0, len(numbers), batch):
        found.append(predict(images[numbers[i : i + batch]]).argmax(1))
    return torch.cat(found)[: len(indices)].int()
