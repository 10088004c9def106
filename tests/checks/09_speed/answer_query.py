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
