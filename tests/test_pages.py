"""How formgrader and feedback show the text of a notebook."""

import re
from pathlib import Path

import pytest

SOLUTIONS = Path(__file__).parents[1] / "solutions"
LABS = sorted(SOLUTIONS.glob("[0-9][0-9]_*/[0-9][0-9]_*.py"))
PIXEL = "iVBORw0KGgo="


@pytest.fixture
def shown():
    """Return a function that shows a cell as nbconvert's templates do."""
    from jinja2 import Environment

    from prunelab.instructor.gradebook.pages import markdown2html

    environment = Environment()
    environment.filters["markdown2html"] = markdown2html
    template = environment.from_string("{{ cell.source | markdown2html }}")
    return lambda source, **more: template.render(cell={"source": source, **more})


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_every_formula_of_a_lab_is_drawn(path, shown):
    import jupytext

    cells = [cell.source for cell in jupytext.read(path).cells if cell.cell_type == "markdown"]
    pages = [shown(source) for source in cells]
    assert sum(page.count("<math") for page in pages) >= 5
    for page in pages:
        formulas = "".join(re.findall(r"<math.*?</math>", page, re.DOTALL))
        texts = re.sub(r"<(math|code|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
        assert "\\" not in formulas
        assert "$" not in texts


@pytest.mark.parametrize(
    "formula",
    [
        r"a <script>alert(1)</script>",
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r'\style{color:red" onclick="alert(1)}{x}',
        r'\class{a" onload="alert(1)}{x}',
        r"\left",
        r"\frac{<img src=x onerror=alert(1)>",
        "",
    ],
)
def test_a_formula_runs_nothing(formula):
    from prunelab.instructor.gradebook.pages import mathml

    drawn = mathml(formula)
    assert set(re.findall(r"<([a-z]+)", drawn)) <= {"math", "code", "mrow", "mtext", "mi", "mo", "mn", "mfrac"}
    assert not re.search(r"<[^>]*(href|style|class|on\w+)=", drawn)


def test_a_long_formula_is_shown_as_it_was_written():
    from prunelab.instructor.gradebook.pages import mathml

    assert mathml("x" * 5001) == f"<code>{'x' * 5001}</code>"
    assert mathml("x" * 500).startswith("<math")


def test_a_picture_without_a_description_gets_one():
    from nbformat.v4 import new_markdown_cell, new_notebook

    from prunelab.instructor.gradebook.pages import NO_ALT, Feedback

    page, _ = Feedback().from_notebook_node(new_notebook(cells=[new_markdown_cell("<img class='a'><img alt='b'>")]))
    assert re.findall("<img[^>]*>", page) == ["<img alt=\"No description\"  class='a'>", "<img alt='b'>"]
    assert not NO_ALT.search(page)


def test_comments_written_by_hand_run_nothing():
    from nbformat.v4 import new_markdown_cell, new_notebook

    from prunelab.instructor.gradebook.pages import Feedback

    settings = {"nbgrader": {"comment": "well done <script>evil()</script><b>indeed</b>"}}
    notebook, page = new_notebook(cells=[new_markdown_cell("a", metadata=settings)]), Feedback()
    notebook, _ = page._preprocess(notebook, page._init_resources({}))
    assert notebook.cells[0].metadata.nbgrader.comment == "well done <b>indeed</b>"


def test_pictures_come_from_the_notebook_alone(shown):
    attached = shown("![a](attachment:a.png)", attachments={"a.png": {"image/png": PIXEL}})
    assert f'<img src="data:image/png;base64,{PIXEL}"' in attached
    remote = shown("![seen](https://example.org/pixel.png) ![](//example.org/pixel.png) [x](javascript:alert(1))")
    assert "<img" not in remote
    assert '<a href="https://example.org/pixel.png">seen</a>' in remote
    assert "javascript:" not in remote
