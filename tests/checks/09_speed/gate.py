# %% wrong: highest byte first
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "big", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: the hexadecimal number as it stands
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int(entry["data"], 16)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: the first byte alone
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int(entry["data"][:2], 16)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: decimal digits
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int(entry["data"][:2])
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: in the order of the log
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["seq_id"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: missing samples do not count
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(entries)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: a share
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: one point below dense
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= dense - 1


# %% wrong: 99 per cent absolute
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 99


# %% wrong: above the gate
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy > 0.99 * dense


# %% wrong: accuracy alone
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    return 100 * correct / len(labels)


# %% wrong: the verdict upside down
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy < 0.99 * dense


# %% wrong: errors instead of right answers
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"]), "little", signed=True)
        correct += answer != int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: digits backwards
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        answer = int.from_bytes(bytes.fromhex(entry["data"][::-1]), "little", signed=True)
        correct += answer == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% right: numpy
def gate(entries, labels, dense):
    answers = np.full(len(labels), -1)
    for entry in entries:
        answers[entry["qsl_idx"]] = np.frombuffer(bytes.fromhex(entry["data"]), "<i4")[0]
    accuracy = float(100 * (answers == labels.numpy()).mean())
    return accuracy, not accuracy < 0.99 * dense


# %% right: unsigned, byte by byte
def gate(entries, labels, dense):
    truth, right_ones = labels.tolist(), 0
    for entry in entries:
        pairs = [entry["data"][i : i + 2] for i in range(0, 8, 2)]
        right_ones += int("".join(reversed(pairs)), 16) == truth[entry["qsl_idx"]]
    accuracy = right_ones / len(truth) * 100
    return [accuracy, 100 * accuracy >= 99 * dense]


# %% wrong: whole per cents
def gate(entries, labels, dense):
    answers = {entry["qsl_idx"]: int.from_bytes(bytes.fromhex(entry["data"]), "little") for entry in entries}
    accuracy = 100 * sum(answers[i] == int(labels[i]) for i in answers) // len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: the first two bytes alone
def gate(entries, labels, dense):
    correct = 0
    for entry in entries:
        correct += int.from_bytes(bytes.fromhex(entry["data"])[:2], "little") == int(labels[entry["qsl_idx"]])
    accuracy = 100 * correct / len(labels)
    return accuracy, accuracy >= 0.99 * dense


# %% wrong: big endian
def gate(entries, labels, dense):
    right = sum(int(e["data"], 16) == int(labels[e["qsl_idx"]]) for e in entries)
    a = 100 * right / len(labels)
    return a, a >= 0.99 * dense


# %% wrong: first byte
def gate(entries, labels, dense):
    right = sum(bytes.fromhex(e["data"])[0] == int(labels[e["qsl_idx"]]) for e in entries)
    a = 100 * right / len(labels)
    return a, a >= 0.99 * dense


# %% wrong: divides by entries
def gate(entries, labels, dense):
    right = sum(int.from_bytes(bytes.fromhex(e["data"]), "little") == int(labels[e["qsl_idx"]]) for e in entries)
    a = 100 * right / len(entries)
    return a, a >= 0.99 * dense


# %% wrong: seq id
def gate(entries, labels, dense):
    right = sum(int.from_bytes(bytes.fromhex(e["data"]), "little") == int(labels[e["seq_id"]]) for e in entries)
    a = 100 * right / len(labels)
    return a, a >= 0.99 * dense


# %% right: missing is minus one and minus one label
# Right: a label is a class, and -1 is no class; the rounding of the mean to float32 is far below what is checked.
def gate(entries, labels, dense):
    got = torch.full((len(labels),), -1)
    for e in entries:
        got[e["qsl_idx"]] = int.from_bytes(bytes.fromhex(e["data"]), "little", signed=True)
    a = 100 * (got == labels).float().mean().item()
    return a, a >= 0.99 * dense


# %% wrong: gate rounded
def gate(entries, labels, dense):
    right = sum(int.from_bytes(bytes.fromhex(e["data"]), "little") == int(labels[e["qsl_idx"]]) for e in entries)
    a = 100 * right / len(labels)
    return a, a >= round(0.99 * dense, 1)


# %% wrong: int16 labels
def gate(entries, labels, dense):
    got = {e["qsl_idx"]: int.from_bytes(bytes.fromhex(e["data"]), "little") for e in entries}
    right = sum((got.get(i, -1) & 0xFFFFFF) == int(t) for i, t in enumerate(labels))
    a = 100 * right / len(labels)
    return a, a >= 0.99 * dense
