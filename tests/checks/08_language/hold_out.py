# %% wrong: compares the raw strings
def hold_out(candidates, held):
    return [text for text in candidates if text not in set(held)]


# %% wrong: strips the ends only
def hold_out(candidates, held):
    forbidden = {text.strip() for text in held}
    return [text for text in candidates if text.strip() not in forbidden]


# %% wrong: a set, so order and repetitions are lost
def hold_out(candidates, held):
    forbidden = {" ".join(text.split()) for text in held}
    return sorted({text for text in candidates if " ".join(text.split()) not in forbidden})


# %% wrong: looks for the words anywhere in the held text
def hold_out(candidates, held):
    everything = " ".join(" ".join(held).split())
    return [text for text in candidates if " ".join(text.split()) not in everything]


# %% wrong: returns the standard form
def hold_out(candidates, held):
    forbidden = {" ".join(text.split()) for text in held}
    return [text for text in (" ".join(raw.split()) for raw in candidates) if text not in forbidden]


# %% wrong: the order of the words does not count
def hold_out(candidates, held):
    forbidden = {tuple(sorted(text.split())) for text in held}
    return [text for text in candidates if tuple(sorted(text.split())) not in forbidden]


# %% wrong: capital letters do not count
def hold_out(candidates, held):
    forbidden = {" ".join(text.lower().split()) for text in held}
    return [text for text in candidates if " ".join(text.lower().split()) not in forbidden]


# %% wrong: all white space is removed, and so are the ends of words
def hold_out(candidates, held):
    forbidden = {"".join(text.split()) for text in held}
    return [text for text in candidates if "".join(text.split()) not in forbidden]


# %% wrong: removes from the list that was given
def hold_out(candidates, held):
    forbidden = {" ".join(text.split()) for text in held}
    for text in list(candidates):
        if " ".join(text.split()) in forbidden:
            candidates.remove(text)
    return candidates


# %% wrong: only the first copy goes
def hold_out(candidates, held):
    left = list(candidates)
    for paragraph in held:
        for text in left:
            if text.split() == paragraph.split():
                left.remove(text)
                break
    return left


# %% wrong: what stays and what goes exchanged
def hold_out(candidates, held):
    forbidden = {" ".join(text.split()) for text in held}
    return [text for text in candidates if " ".join(text.split()) in forbidden]


# %% wrong: holds the candidates out of the held text
def hold_out(candidates, held):
    forbidden = {" ".join(text.split()) for text in candidates}
    return [text for text in held if " ".join(text.split()) not in forbidden]


# %% wrong: joins the two texts
def hold_out(candidates, held):
    return candidates + held


# %% right: tuples of words
def hold_out(candidates, held):
    forbidden = {tuple(text.split()) for text in held}
    return [text for text in candidates if tuple(text.split()) not in forbidden]


# %% right: two loops
def hold_out(candidates, held):
    stay = []
    for text in candidates:
        if not any(text.split() == other.split() for other in held):
            stay.append(text)
    return stay


# %% right: a regular expression and a filter
def hold_out(candidates, held):
    import re

    def standard(text):
        return re.sub(r"\s+", " ", text).strip()

    forbidden = set(map(standard, held))
    return list(filter(lambda text: standard(text) not in forbidden, candidates))


# %% wrong: raw string compare
def hold_out(candidates, held):
    s = set(held)
    return [c for c in candidates if c not in s]


# %% wrong: substring
def hold_out(candidates, held):
    text = " ".join(" ".join(h.split()) for h in held)
    return [c for c in candidates if " ".join(c.split()) not in text]


# %% wrong: returns normalised
def hold_out(candidates, held):
    s = {" ".join(h.split()) for h in held}
    return [n for n in (" ".join(c.split()) for c in candidates) if n not in s]


# %% wrong: removes all whitespace
def hold_out(candidates, held):
    norm = lambda t: "".join(t.split())
    s = set(map(norm, held))
    return [c for c in candidates if norm(c) not in s]


# %% wrong: bag of words
def hold_out(candidates, held):
    s = {tuple(sorted(h.split())) for h in held}
    return [c for c in candidates if tuple(sorted(c.split())) not in s]


# %% wrong: dedups candidates
def hold_out(candidates, held):
    s = {" ".join(h.split()) for h in held}
    out = {}
    for c in candidates:
        k = " ".join(c.split())
        if k not in s:
            out.setdefault(k, c)
    return list(out.values())


# %% wrong: set difference order lost
def hold_out(candidates, held):
    d = {" ".join(c.split()): c for c in candidates}
    return sorted(d[k] for k in set(d) - {" ".join(h.split()) for h in held})


# %% wrong: strip only
def hold_out(candidates, held):
    s = {h.strip() for h in held}
    return [c for c in candidates if c.strip() not in s]


# %% wrong: single space split only
def hold_out(candidates, held):
    import re

    n = lambda t: re.sub(r" +", " ", t.replace("\n", " ")).strip()
    s = set(map(n, held))
    return [c for c in candidates if n(c) not in s]


# %% wrong: prefix 100 characters
def hold_out(candidates, held):
    s = {" ".join(h.split())[:100] for h in held}
    return [c for c in candidates if " ".join(c.split())[:100] not in s]


# %% wrong: ascii whitespace regex loses nothing but empty
def hold_out(candidates, held):
    s = {" ".join(h.split()) for h in held}
    return [c for c in candidates if c.strip() and " ".join(c.split()) not in s]


# %% right: regex
def hold_out(candidates, held):
    import re

    norm = lambda t: re.sub(r"\s+", " ", t).strip()
    seen = [norm(h) for h in held]
    return list(filter(lambda c: norm(c) not in seen, candidates))


# %% right: dict frozen
def hold_out(candidates, held):
    seen = dict.fromkeys(map(" ".join, map(str.split, held)))
    return [c for c in candidates if not (" ".join(c.split()) in seen)]
