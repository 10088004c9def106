"""Every lab's source follows the rules in tests/lint, and each rule refuses a lab that breaks it."""

import inspect
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import conclusions
import pictures
import pytest
import structure
import wording
from sources import Course, Lab, cells_of, read_course, read_lab

ROOT = Path(__file__).parents[1]
LABS = sorted(path.name for path in ROOT.glob("solutions/[0-9][0-9]_*"))
RULES = {
    name: rule
    for module in (structure, pictures, wording, conclusions)
    for name, rule in inspect.getmembers(module, inspect.isfunction)
    if rule.__module__ == module.__name__ and not name.startswith("_")
}
ANSWERS = Counter(wrong=5, right=2)
SMALL = Lab(
    "02_small",
    cells_of((ROOT / "tests" / "lint" / "small_lab.py").read_text()),
    frozenset({"twice", "rate", "rate_holds"}),
    {"twice": ANSWERS, "rate": ANSWERS},
    {"line_goes_up": "holds", "how_far": "undecided"},
    Course(
        {"01": "First", "02": "Small", "03": "Third"},
        {"02": 10},
        frozenset({"2.1", "2.2"}),
        {"mask": "01", "control": "02", "ticket": "03"},
    ),
)
TEXT = (ROOT / "tests" / "lint" / "small_lab.py").read_text()


@cache
def lab(name: str) -> Lab:
    return read_lab(ROOT, name, read_course(ROOT))


def problems(rule: str, source: Lab) -> list[str]:
    return [f"{source.name}, cell {number}: {problem}" for number, problem in RULES[rule](source)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", LABS)
def test_lab_keeps_to(name, rule):
    found = problems(rule, lab(name))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", RULES)
def test_small_lab_keeps_to(rule):
    assert problems(rule, SMALL) == []


BROKEN = {  # rule: (text of the small lab, text that breaks it, cell and words of the message)
    "opening": [
        ("# # Lab 02: Small", "# # Lab 02: Tiny", "cell 1", "lacks the title"),
        ("*About 10 minutes, 20 points.*", "*About 12 minutes, 20 points.*", "cell 1", "lacks the minutes"),
        ("*What does it become?*", "What does it become?", "cell 1", "in italics"),
        ("# **You will be able to**", "# **Goals**", "cell 1", "list of goals"),
        ("# **From earlier labs**\n", "", "cell 1", "From earlier labs"),
        ("is kept (lab 01).", "is kept.", "cell 1", "which lab taught it"),
    ],
    "sections": [
        ("# ## 1 What is twice a weight?", "# ## 1 Twice a weight", "cell 3", "and a question"),
        ("# ## 1 What", "# ## 2 What", "cell 3", 'is not "1 "'),
        ("# ## 1 What", "# #### 1 What", "cell 3", "two # or three"),
        ("# ## What you measured", "# ## Results", "cell 13", "What you measured"),
        ("# 3. Zero stays.\n", "", "cell 13", "three lines"),
        ("# **Next:** lab 03.", "# Lab 03.", "cell 13", "**Next:**"),
        ("[Doubling](https://example.org/doubling)", "Doubling", "cell 13", "links"),
    ],
    "exercises": [
        ("# ### Exercise 2.1: Twice\n", "", "cell 1", "1 headings of exercises and 2 cells"),
        ("Exercise 2.1: Twice", "Exercise 2.3: Twice", "cell 3", "is number 1"),
        ("*18 points, 3 minutes", "*17 points, 3 minutes", "cell 3", '"*18 points'),
        ("about 1 line*\n#\n# Return", "short*\n#\n# Return", "cell 3", "about N lines"),
        ("about 1 line*\n#\n# Return", "about 9 lines*\n#\n# Return", "cell 3", "its solution has 1"),
        ("# *Example:* 2 becomes 4.", "# 2 becomes 4.", "cell 3", "no *Example:*"),
        ("Hint 2: the call</summary>\n# <code>weight", "Answer</summary>\n# <code>weight", "cell 3", "two hints"),
        ('# %% exercise="twice"', '# %%\nprint()\n\n# %% exercise="twice"', "cell 5", "does not follow the text"),
    ],
    "stubs": [
        ('    """Two times the weight."""\n', "", "cell 4", "docstring of one line"),
        ("(weight: float)", "(weight)", "cell 4", "without a type"),
        (") -> float:", "):", "cell 4", "without a type"),
        ("# my_rate = ...: a number\n", "", "cell 7", "no comment names"),
    ],
    "sizes": [
        ("# The control is", f"# {'word ' * 401}\n# The control is", "cell 9", "407 words"),
        ("# **Reading", f"# {'word ' * 900}\n# **Reading", "cell 1", "words for each code cell"),
        ("print(len", f"{'print()' + chr(10)}" * 41 + "print(len", "cell 12", "42 lines; 40 are the limit"),
        ("data = load_data()", "data = load_data()\n" * 71, "cell 2", "locked cell has"),
        ('idea="More.")', 'idea="More.")\n' + "    print()\n" * 105, "cell 8", "check cell has"),
    ],
    "minutes": [("3 minutes", "9 minutes", "cell 1", "11 minutes of exercises")],
    "pictures": [
        (', alt="A straight line from the weight to its double."', "", "cell 10", 'alt=""'),
        ("A straight line from the weight to its double.", "A line.", "cell 10", "40 to 160"),
        ("from the weight to its double.", "from the weight to its double", "cell 10", "is no sentence"),
        ("# **Reading the figure.** The line goes up.\n", "", "cell 10", "no text interprets this figure"),
        ("# The control is", "# ![](picture.png)\n# The control is", "cell 9", "no alternative text"),
        ("# The control is", '# <img src="picture.png">\n# The control is', "cell 9", "no alternative text"),
    ],
    "colours": [
        ("color=figures.KEPT", 'color="blue"', "cell 10", '"blue" is written out'),
        ("color=figures.KEPT", 'color=("#0072B2")', "cell 10", '"#0072B2"'),
        ('"o-", color', '"ko-", color', "cell 10", '"ko-" is written out'),
        ("data = load_data()", 'data = load_data()\nTONE = {"x": "#999999"}', "cell 2", '"#999999"'),
    ],
    "guesses": [
        ("print(len", 'fall = predict("fall", "When?")\nprint(len', "cell 12", "is never revealed"),
        ("print(len", 'fall = predict("fall", "When?")\nprint(len', "cell 12", "no cell shows the predictions"),
        ("print(len", "my_guess = 1  # your guess\nprint(len", "cell 12", "no prediction"),
    ],
    "held_out": [("twice(1)], ", "len(data.test)], ", "cell 10", "data.validation")],
    "tone": [
        ("The line goes up.", "Obviously it goes up.", "cell 11", '"obviously"'),
        ("The line goes up.", "The line goes up!", "cell 11", "exclamation mark"),
        ("The line goes up.", "The line goes up \U0001f680.", "cell 11", "emoji"),
    ],
    "references": [
        ("of section 1.", "of section 2.", "cell 3", 'no "section 2"'),
        ("of section 1.", "of exercise 2.7.", "cell 3", 'no "exercise 2.7"'),
        ("lab 03.", "lab 14.", "cell 13", 'no "lab 14"'),
        ("lab 03.", "[here](../other.md).", "cell 13", "../other.md leads"),
    ],
    "conclusions": [
        (' facts="arithmetic"', "", "cell 13", "it concludes, but from what?"),
        ('claims="line_goes_up"', 'claims="goes_up"', "cell 11", "it is not in claims.py"),
        ('claims="line_goes_up"', 'claims="how_far"', "cell 11", "it is undecided"),
        ('undecided="how_far"', 'undecided="line_goes_up"', "cell 11", "since it holds"),
        (' undecided="how_far"', "", "cell 1", "no text names the claim how_far"),
    ],
    "names": [
        ('idea="More.")', 'idea="More.")\n    data = "x"', "cell 8", "overwrites data"),
        ('idea="More.")', 'idea="More.")\nfor data in ():\n    pass', "cell 8", "overwrites data"),
    ],
    "new_words": [
        ("The line goes up.", "A ticket goes up.", "cell 11", '"ticket" is introduced in lab 03'),
        ("# The control is", "# The baseline is", "cell 1", 'this lab introduces "control"'),
    ],
}


@pytest.mark.parametrize(("rule", "case"), [(rule, case) for rule, cases in BROKEN.items() for case in cases])
def test_broken_lab_is_refused(rule, case):
    old, new, *parts = case
    assert TEXT.count(old) == 1, old
    found = problems(rule, replace(SMALL, cells=cells_of(TEXT.replace(old, new))))
    assert any(all(part in problem for part in ("02_small", *parts)) for problem in found), found


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"probes": frozenset({"rate", "rate_holds"})}, "twice has no probe"),
        ({"probes": frozenset({"twice", "rate"})}, "rate has no hidden tests"),
        ({"bank": {"twice": Counter(wrong=4, right=2), "rate": ANSWERS}}, "twice needs five wrong"),
        ({"bank": {"twice": Counter(wrong=5, right=1), "rate": ANSWERS}}, "two right answers"),
        ({"bank": {"twice": ANSWERS}}, "tests/checks/02_small/rate.py"),
        ({"bank": {"twice": ANSWERS, "rate": ANSWERS, "half": ANSWERS}}, "half.py belongs to no exercise"),
    ],
)
def test_exercise_without_support_is_refused(change, part):
    found = problems("support", replace(SMALL, **change))
    assert len(found) == 1, found
    assert part in found[0]


def test_a_claim_without_a_record_holds_nothing():
    found = problems("conclusions", replace(SMALL, claims={"line_goes_up": "", "how_far": "undecided"}))
    assert len(found) == 1
    assert "it has no record" in found[0]


def test_a_lab_that_is_done_is_on_no_list():
    for name in conclusions.NOT_YET:
        assert list(RULES["conclusions"](replace(lab(name), name=name[:2]))), f"take {name} from NOT_YET"


def test_each_rule_has_a_lab_that_breaks_it():
    assert BROKEN.keys() | {"support"} == RULES.keys()


def test_spelling_covers_sources_docs_and_readme(tmp_path):
    files = ["README.md", "docs/grading.md", "solutions/01_first/01_first.py", "tests/checks/01_first/one.py"]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# " + "abon" + "don\n")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["codespell"]
    (tmp_path / "pyproject.toml").write_text(
        "[tool.codespell]\n" + "".join(f'{k} = "{v}"\n' for k, v in settings.items())
    )
    done = subprocess.run([sys.executable, "-m", "codespell_lib"], cwd=tmp_path, capture_output=True, text=True)
    assert sorted(line.split(":")[0].removeprefix("./") for line in done.stdout.splitlines()) == files
