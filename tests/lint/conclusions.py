"""The rule for what a lab concludes."""

import re

from sources import Lab, Problems

NOT_YET = (  # labs whose conclusions rest on no claims yet
    "01_dense_sparse", "03_iterative", "04_lottery", "05_slimming",
    "06_surgery", "07_criteria", "08_language", "09_speed", "10_capstone",
)  # fmt: skip
CONCLUDES = re.compile(r"^\*\*Reading |^### Remember", re.MULTILINE)
SAID = {
    "holds": "holds",
    "fails": "fails",
    "undecided": "is undecided",
    "": "has no record",
    "unknown": "is not in claims.py",
}
STATED = {"claims": "holds", "undecided": "undecided", "refuted": "fails"}  # key of a cell's header: what seeds say


def conclusions(lab: Lab) -> Problems:
    """Each text that reads a figure or sums up names its claims, which the seeds bear out, or where its facts are from.

    `# %% [markdown] claims="rule_matters, fractions_matter"`; `undecided="..."` for those that the text calls
    undecided, `refuted="..."` for those that it calls wrong; `facts="LeCun et al. 1990"` for definitions and published
    results.
    """
    if lab.name in NOT_YET:
        return
    named = set()
    for number, cell in lab.of("markdown"):
        if CONCLUDES.search(cell.source) and not {*STATED, "facts"} & cell.metadata.keys():
            yield number, 'it concludes, but from what? Write claims="NAME, ..." or facts="SOURCE" into its header.'
        for key, wanted in STATED.items():
            for name in re.findall(r"\w+", cell.metadata.get(key, "")):
                named.add(name)
                if (found := lab.claims.get(name, "unknown")) != wanted:
                    yield number, f'{key}="{name}" does not fit, since it {SAID[found]}; measure, or rewrite the text.'
    for name in sorted(lab.claims.keys() - named):
        yield 1, f"no text names the claim {name}; say what it found, or remove it."
