"""The docs are correct: each command is run, here or by the test named for it, and each file they name exists."""

import ast
import json
import re
import shutil
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

REPOSITORY = Path(__file__).parents[1]
DOCS = sorted(REPOSITORY / name for name in (
    "README.md", "CONTRIBUTING.md", "SECURITY.md", ".github/PULL_REQUEST_TEMPLATE.md",
    "docs/clusters/README.md", "docs/hub/README.md", "docs/student/README.md",
    *(path.relative_to(REPOSITORY) for path in REPOSITORY.glob("docs/*.md")),
))  # fmt: skip
CLUSTER = "test_grade.py::test_two_workers_in_networks_of_their_own_and_one_killed"
ON_THE_HUB = "test_hub.py::test_a_lab_goes_out_and_comes_back"
RUN_ELSEWHERE = {  # the beginning of a command: the test that runs it
    "make lab TORCH_INDEX": "test_setup.py::test_torch_from_an_index_of_its_own_comes_first",
    "make lab": "test_nbgrader.py::test_jupyterlab_makes_no_outside_requests",
    "make lint": "test_docs.py::test_make_has_these_targets",
    "make test": "test_docs.py::test_make_has_these_targets",
    "make quick": "test_docs.py::test_make_has_these_targets",
    "prunelab doctor": "test_doctor.py::test_a_complete_machine_lacks_nothing",
    "prunelab grade 02 --scheduler": CLUSTER,
    "dask ": CLUSTER,
    "pytest tests/test_answers.py": "test_answers.py::test_answer_meets_its_check_and_its_probe",
    "pytest tests/test_measure.py": "test_measure.py::test_bytes_by_hand",
    "PRUNELAB_DATASET=folder:PATH python recipes": "test_other_data.py::test_a_lab_runs_on_a_folder_of_images",
    "/srv/prunelab/.venv/bin/jupyterhub -f jupyterhub_config.py": ON_THE_HUB,
    "nbgrader release_": ON_THE_HUB,
}
WINDOWS, MACHINE, CLUSTERS = "Windows", "changes the machine or the user's folder", "Slurm or Kubernetes"
NOT_RUN = {  # the beginning of a command: why no test runs it
    "py -m venv .venv": WINDOWS,
    ".venv\\Scripts\\prunelab lab": WINDOWS,
    "apt install": MACHINE,
    "python3 -m zipfile -e prunelab-student.zip /srv": MACHINE,
    "make -C /srv/prunelab": MACHINE,
    "/srv/prunelab/.venv/bin/pip install": MACHINE,
    ".venv/bin/pip install jupyterhub": MACHINE,
    ".venv/bin/pre-commit install": MACHINE,
    "cp -r docs/hub /srv/hub": MACHINE,
    "install -d -m 777 /srv/exchange": MACHINE,
    "chmod 700 ~": MACHINE,
    "git clone ADDRESS ~/prunelab": MACHINE,
    "cd ~/prunelab": MACHINE,
    "cd /srv/hub": MACHINE,
    "pip install dask-": CLUSTERS,
    "python docs/clusters/": CLUSTERS,
    "P=/spec/": CLUSTERS,
    "K=x-kubernetes": CLUSTERS,
    "for name in daskclusters": CLUSTERS,
}
SHELL = ("", "bash", "sh", "powershell")
ANSWER = {"double": "def double(x):\n    return x + x", "half": "def half(x):\n    return x / 2"}


def short(path: Path) -> str:
    """The path of a page in the repository."""
    return str(path.relative_to(REPOSITORY))


def tokens(path: Path) -> list[Token]:
    """The tokens of a page, those inside a line, too."""
    found = MarkdownIt().enable("table").parse(path.read_text())
    return [each for token in found for each in (token, *(token.children or ()))]


def blocks(path: Path) -> list[tuple[str, str]]:
    """The code blocks of a page: language and text."""
    return [(token.info, token.content) for token in tokens(path) if token.type in ("fence", "code_block")]


def commands(path: Path) -> list[str]:
    """The commands in the code blocks of a page, without comments; a command may have several lines."""
    found, whole = [], ""
    for line in "\n".join(text for language, text in blocks(path) if language in SHELL).splitlines():
        whole = f"{whole}\n{line}".strip()
        if whole.count('"') % 2 == 0:
            found, whole = [*found, re.sub(r"(^|\s+)#\s.*", "", whole)], ""
    return [command for command in found if command]


def to_run(path: Path) -> list[str]:
    """The commands of a page that are run here: those not in a table above."""
    return [each for each in commands(path) if not each.startswith((*RUN_ELSEWHERE, *NOT_RUN))]


def named(kind: str) -> list[tuple[str, str]]:
    """The inline names on all pages: page, and the text or address of each token of a kind."""
    return [
        (short(path), token.content or str(token.attrGet("href")))
        for path in DOCS
        for token in tokens(path)
        if token.type == kind
    ]


@pytest.fixture
def address(tiny) -> Path:
    """A repository to clone: the course with two tiny labs under the names of real ones."""
    from prunelab.instructor.authoring.build import build_labs

    for name in ("Makefile", "pyproject.toml", "requirements.lock", ".gitignore", *REPOSITORY.glob("*.mk")):
        shutil.copy(REPOSITORY / name, tiny)
    for folder in ("docs/student", "lib/prunelab/jupyter"):  # of which a bundle is made
        shutil.copytree(REPOSITORY / folder, tiny / folder)
    source = tiny / "solutions" / "01_tiny"
    for name in ("02_magnitude", "07_criteria"):
        shutil.copytree(source, source.with_name(name))
        (source.with_name(name) / "01_tiny.py").rename(source.with_name(name) / f"{name}.py")
    shutil.rmtree(source)
    list(build_labs(tiny))
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "Course"]):
        subprocess.run([*git, *words], cwd=tiny, check=True)
    return tiny


@pytest.fixture
def equip(address, installed):
    """Return a function that gives a clone an installation and submissions, as a zip and as a folder."""
    import nbformat

    def equipped(course: Path) -> Path:
        notebook = nbformat.read(address / "labs" / "02_magnitude" / "02_magnitude.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = ANSWER.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        handed_in = installed(course) / "handed-in"
        handed_in.mkdir()
        nbformat.write(notebook, handed_in / "ada.ipynb")
        with zipfile.ZipFile(course / "submissions.zip", "w") as archive:
            archive.write(handed_in / "ada.ipynb", "Ben Bell_1234567_assignsubmission_file_/work.ipynb")
        return course

    return equipped


@pytest.fixture
def shell(address, tmp_path, run_in):
    """Return a function that runs commands in a folder as if typed, with a separate exchange."""
    (tmp_path / "exchange" / "prunelab" / "inbound").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text(f"c.Exchange.root = {str(tmp_path / 'exchange')!r}")

    def run(folder: Path, typed: list[str]) -> None:
        script = "\n".join(typed).replace("ADDRESS", str(address))
        done = run_in(folder, "bash", "-exc", script, JUPYTER_CONFIG_PATH=str(tmp_path), PYTHON="false")
        assert done.returncode == 0, done.stderr[-3000:]

    return run


@pytest.mark.whole
@pytest.mark.usefixtures("needs_isolation")
@pytest.mark.filterwarnings("default")
def test_the_first_course(tmp_path, equip, shell):
    clone, change, *rest = to_run(REPOSITORY / "docs" / "instructors.md")
    shell(tmp_path, [clone, change])
    course = equip(tmp_path / change.removeprefix("cd "))
    shell(course, rest)
    assert not (course / "labs" / "07_criteria").exists()
    assert (course / "dist" / "prunelab-student.zip").is_file()
    marks = [line.split(",") for line in (course / "grades.csv").read_text().splitlines()]
    assert {row[0]: row[-3] for row in marks} == {"student": "total", "ada": "20", "Ben Bell_1234567": "20"}
    with zipfile.ZipFile(course / "feedback-02.zip") as archive:
        assert "moodle/Ben Bell_1234567_assignsubmission_file_02.html" in archive.namelist()


@pytest.mark.whole
@pytest.mark.usefixtures("needs_isolation")
@pytest.mark.parametrize("page", [path for path in DOCS if path.name != "instructors.md" and to_run(path)], ids=short)
def test_commands_of(page, tmp_path, address, equip, shell):
    subprocess.run(["git", "clone", "--quiet", address, tmp_path / "clone"], check=True)
    course = equip(tmp_path / "clone")
    for student in ("ada", "ben"):
        folder = course / "submitted" / student / "02_magnitude"
        folder.mkdir(parents=True)
        shutil.copy(course / "handed-in" / "ada.ipynb", folder / "02_magnitude.ipynb")
    shell(course, ["source .venv/bin/activate", *to_run(page)])


def test_each_entry_of_the_tables_is_a_command():
    every = [command for path in DOCS for command in commands(path)]
    assert [start for start in (*RUN_ELSEWHERE, *NOT_RUN) if not any(each.startswith(start) for each in every)] == []


@pytest.mark.parametrize("test", sorted(set(RUN_ELSEWHERE.values())))
def test_a_listed_test_exists(test):
    file, name = test.split("::")
    assert f"def {name}(" in (REPOSITORY / "tests" / file).read_text()


def make_targets() -> set[str]:
    """The named targets of `make`."""
    files = (REPOSITORY / "Makefile", *REPOSITORY.glob("*.mk"))
    return set(re.findall(r"^([a-z-]+):", "\n".join(path.read_text() for path in files), re.M))


def test_make_has_these_targets():
    wanted = {command.split()[1] for path in DOCS for command in commands(path) if re.match("make [a-z]", command)}
    assert wanted - make_targets() == set()


def test_commands_that_are_named_exist():
    import typer
    from nbgrader.apps import NbGraderApp

    from prunelab.student.cli import app

    ours = set(typer.main.get_command(app).commands)
    known = {"prunelab": ours, "nbgrader": set(NbGraderApp.subcommands), "make": make_targets()}
    for page, text in named("code_inline"):
        program, *words = text.split()
        if program in known and words and re.fullmatch("[a-z_-]+", words[0]):
            assert words[0] in known[program], (page, text)


def exists(name: str) -> bool:
    """Whether a file exists, or is made by a command and ignored by git."""
    if (REPOSITORY / name).exists():
        return True
    return subprocess.run(["git", "check-ignore", "--quiet", name], cwd=REPOSITORY).returncode == 0


def slugs(path: Path) -> set[str]:
    """The names of a page's headings in links."""
    titles = [text.content for token, text in pairwise(tokens(path)) if token.type == "heading_open"]
    return {re.sub(r"[^\w -]", "", title).replace(" ", "-").lower() for title in titles}


def test_links_lead_to_files_and_headings():
    for page, target in named("link_open"):
        name, _, heading = target.partition("#")
        if ":" not in name:
            path = (REPOSITORY / page).parent / name
            assert path.exists(), (page, target)
            assert not heading or heading in slugs(path), (page, target)


def test_files_that_are_named_are_there():
    top = {path.name for path in REPOSITORY.iterdir()}
    for page, text in named("code_inline"):
        for name in re.findall(r"(?<![\w/~.])\.?[\w-]+(?:/[\w.-]+)+/?", text):
            if name.split("/")[0] in top and not re.search(r"NN|[A-Z]{3}", name.replace("README", "")):
                assert exists(name), (page, name)


@pytest.mark.parametrize("path", DOCS, ids=short)
def test_code_that_is_no_command_can_be_read(path):
    readers = {"python": ast.parse, "json": json.loads} | dict.fromkeys(SHELL, str)
    for language, text in blocks(path):
        readers[language](text)
