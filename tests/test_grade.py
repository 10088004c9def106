"""`prunelab grade`: scores, output, and that nothing is lost or done twice when it is interrupted."""

import html
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import psutil
import pytest

from prunelab import LabError

LAB = "01_tiny"
FULL = {"double": 12, "half": 8}
ANSWERS = {"double": "def double(x):\n    return x + x", "half": "def half(x):\n    return x / 2"}
WAIT = """import time
from prunelab.files import DATA
while (DATA / "closed").exists():
    time.sleep(0.05)
"""
MINUTES = 600  # seconds until a hanging test fails
middle, whole = pytest.mark.middle, pytest.mark.whole
pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own


@pytest.fixture
def course(tmp_path, tiny_course) -> Path:
    """The tiny course, built, with probes."""
    return tiny_course(tmp_path / "course")


@pytest.fixture
def grade_book(course, empty_grade_book, needs_isolation) -> None:
    """Give the course a grade book."""
    shutil.copy(empty_grade_book, course)


@pytest.fixture
def grade(course, grade_book, invoke):
    """Return a function that runs `prunelab grade` in the course."""
    return partial(invoke, course, "grade")


@pytest.fixture
def start(course, grade_book, run_in):
    """Return a function that starts `prunelab grade` as a process of its own and does not wait for it."""
    command = [sys.executable, "-m", "prunelab", "grade", "--json", "--workers", "2"]
    started = []

    def run(*arguments: str) -> subprocess.Popen:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, for children too, behind a shell's `&`
        process = subprocess.Popen([*command, *arguments], cwd=course, env=run.environment, start_new_session=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        started.append(process)
        return process

    run.environment = dict(run_in.environment)
    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def gate(start, tmp_path) -> Path:
    """A file in the data folder, which a sandbox shows: answers that begin with WAIT wait as long as it is there."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    start.environment["PRUNELAB_DATA"] = str(folder)
    (folder / "closed").touch()
    return folder / "closed"


@pytest.fixture
def feedback(course, run_in):
    """Return a function that has nbgrader generate a student's feedback and returns the page."""

    def run(student: str) -> str:
        done = run_in(course, "nbgrader", "generate_feedback", LAB)
        assert done.returncode == 0, done.stderr
        return (course / "feedback" / student / LAB / f"{LAB}.html").read_text()

    return run


def hand_in(course: Path, student: str, answers: dict[str, str], extra: str = "") -> None:
    """Write the released notebook with answers, each preceded by `extra`, to submitted/."""
    import nbformat

    notebook = nbformat.read(course / "labs" / LAB / f"{LAB}.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = extra + answers[name]
    target = course / "submitted" / student / LAB / f"{LAB}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def book_of(course: Path) -> dict[str, dict[str, float]]:
    """The scores in nbgrader's grade book by student and check."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "prunelab") as book:
        return {
            each.student.id: {grade.name.removesuffix("-check"): grade.score for grade in each.notebooks[0].grades}
            for each in book.assignment_submissions(LAB)
        }


def journal_of(course: Path) -> dict[str, dict]:
    """The journal's entries by student."""
    return {path.stem: json.loads(path.read_text()) for path in (course / "grading" / LAB).glob("*.json")}


def wait_for(condition) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + MINUTES
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def recorded(course: Path) -> set[str]:
    """The students in the journal as graded and recorded."""
    return {student for student, entry in journal_of(course).items() if entry["recorded"]}


def processes(command: subprocess.Popen, depth: int) -> list[psutil.Process]:
    """The processes below a command: 1 the warm process, 2 the jobs, 3 their supervisors, 4 the kernels."""
    found = []
    for each in psutil.Process(command.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess, ValueError):  # it has just ended, or its parent has
            if [parent.pid for parent in each.parents()].index(command.pid) == depth - 1:
                found.append(each)
    return found


class TestOneSentence:
    """An error that stops all grading is one sentence, before anything runs."""

    def refused(self, course: Path, *students: str) -> str:
        """Return the sentence with which the grader ends."""
        from prunelab.instructor.grade import grade

        with pytest.raises(LabError) as error:
            grade(course, LAB, list(students))
        return str(error.value)

    def test_a_course_whose_path_is_a_pattern(self, course):
        odd = course.rename(course.with_name("course [2026]"))
        hand_in(odd, "ada", ANSWERS)
        assert "rename the folder" in self.refused(odd)

    @pytest.mark.parametrize(
        ("path", "content", "sentence"),
        [
            ("nbgrader_config.py", None, "There is no nbgrader_config.py"),
            ("nbgrader_config.py", "c = get_config(", "nbgrader_config.py fails (SyntaxError"),
            ("grading", "", "could not be written (File exists)"),
        ],
    )
    def test_a_course_that_is_broken(self, course, path, content, sentence):
        hand_in(course, "ada", ANSWERS)
        (course / path).unlink(missing_ok=True)
        if content is not None:
            (course / path).write_text(content)
        assert sentence in self.refused(course)

    @pytest.mark.parametrize("student", ["n" * 250, os.fsdecode(b"Zo\xeb")])
    def test_a_student_whose_folder_no_grade_book_can_hold(self, course, student):
        hand_in(course, student, ANSWERS)
        assert "rename the folder" in self.refused(course)

    def test_a_student_who_handed_in_nothing(self, course):
        from prunelab.instructor.assess import Options
        from prunelab.instructor.grade import grade_labs

        hand_in(course, "ada", ANSWERS)
        assert f"nobody handed in no {LAB}" in self.refused(course, "nobody")
        with pytest.raises(LabError, match="nobody handed in nothing"):
            grade_labs(course, [], ["nobody"], Options(), print)

    def test_a_run_that_is_at_work(self, course):
        from prunelab.instructor.gradebook.journal import only_one

        with only_one(course):
            assert "Another `prunelab grade` is at work" in self.refused(course)

    def test_an_unknown_lab(self, course, invoke):
        assert "No lab is called '17'" in invoke(course, "grade", "17", status=1).stderr

    @whole
    def test_no_scheduler(self, course, grade):
        hand_in(course, "ada", ANSWERS)
        done = grade("01", "--scheduler", "tcp://127.0.0.1:9", status=1)
        assert "No Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr


class TestMarks:
    @middle
    def test_marks_table_json_and_exit_status(self, course, grade):
        hand_in(course, "ada", ANSWERS)
        hand_in(course, "ben", ANSWERS | {"half": "def half(x):\n    return x // 2"})
        hand_in(course, "cy", {})
        assert re.search(r"ada +│ 20 of 20 │ graded", grade("01").stdout)
        assert book_of(course) == {
            "ada": {"double": 12, "half": 8},
            "ben": {"double": 12, "half": 0},
            "cy": {"double": 0, "half": 0},
        }
        entries = {entry["student"]: entry for entry in json.loads(grade("--json").stdout)}
        assert {student: entry["scores"] for student, entry in entries.items()} == book_of(course)
        assert "half: not yet." in entries["ben"]["failures"]["half"]
        assert "nothing written yet" in entries["cy"]["failures"]["double"]

    @middle
    def test_what_cannot_be_read_is_refused_and_the_others_are_graded(self, course, grade):
        hand_in(course, "ada", ANSWERS)
        broken = course / "submitted" / "bob" / LAB / f"{LAB}.ipynb"
        broken.parent.mkdir(parents=True)
        broken.write_text('{"cells": [')
        entries = {entry["student"]: entry for entry in json.loads(grade("01", "--json", status=3).stdout)}
        assert entries["ada"]["outcome"] == "graded"
        assert entries["bob"]["outcome"] == "refused"
        assert "cannot be read" in entries["bob"]["flags"][0]["instructor"]
        assert "hand it in again" in (course / "feedback" / "bob" / LAB / f"{LAB}.html").read_text()

    @whole
    def test_a_submission_that_the_instructor_may_not_read(self, course, grade_book, run_in):
        for student in ("ada", "ben", "cy"):
            hand_in(course, student, ANSWERS)
        (course / "submitted" / "ada" / LAB / f"{LAB}.ipynb").chmod(0)
        (course / "submitted" / "ben" / LAB / "data.csv").touch(mode=0)
        ordinary = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
        done = run_in(course, *ordinary, sys.executable, "-m", "prunelab", "grade", "01", "--json")
        assert "Traceback" not in done.stderr
        assert done.returncode == 3, done.stderr
        entries = [(entry["outcome"], [flag["code"] for flag in entry["flags"]]) for entry in json.loads(done.stdout)]
        assert entries == [("refused", ["unreadable"]), ("flagged", ["files"]), ("graded", [])]

    @middle
    def test_a_new_submission_is_graded_again_an_old_one_is_not(self, course, grade):
        hand_in(course, "ada", {})
        hand_in(course, "ben", ANSWERS)
        grade("01")
        before = journal_of(course)
        shutil.rmtree(course / "submitted" / "ada")
        hand_in(course, "ada", ANSWERS)
        grade("01")
        assert journal_of(course)["ben"] == before["ben"]
        assert book_of(course)["ada"] == FULL

    @middle
    def test_what_nbgrader_has_lost_is_graded_again(self, course, grade):
        hand_in(course, "ada", ANSWERS)
        hand_in(course, "ben", {})
        broken = course / "submitted" / "bob" / LAB / f"{LAB}.ipynb"
        broken.parent.mkdir(parents=True)
        broken.write_text("{")
        grade("01", status=3)
        before = book_of(course)
        (course / "gradebook.db").unlink()
        shutil.rmtree(course / "feedback" / "bob")
        grade("01", status=3)
        assert book_of(course) == before
        assert (course / "feedback" / "bob" / LAB / f"{LAB}.html").is_file()
        shutil.rmtree(course / "autograded" / "ada")
        grade("01", status=3)
        assert (course / "autograded" / "ada" / LAB / f"{LAB}.ipynb").is_file()

    @middle
    def test_what_takes_too_much_to_read_or_to_judge_is_refused_and_the_others_are_graded(
        self, course, grade, monkeypatch
    ):
        from prunelab.instructor import assess
        from prunelab.instructor.sandbox.limits import Bounds

        monkeypatch.setattr(assess, "Bounds", lambda: Bounds(seconds=2))
        hand_in(course, "ada", ANSWERS)
        hand_in(course, "eve", ANSWERS, extra=f"#{'<div>' * 10}\n")
        path = course / "submitted" / "eve" / LAB / f"{LAB}.ipynb"
        notebook = json.loads(path.read_text())
        text = {"cell_type": "markdown", "id": "deep", "metadata": {}, "source": "<div>" * 200_000}
        path.write_text(json.dumps(notebook | {"cells": [text, *notebook["cells"]]}))
        probes = course / "solutions" / LAB / "probes.py"
        loop = "while max(found) > 1e6:\n        pass\n    return True"
        probes.write_text(f"{probes.read_text()}\n\ndef half_holds(found, right):\n    {loop}\n")
        hand_in(course, "guy", ANSWERS | {"half": "def half(x):\n    return x / 2 if x < 3 else 1e7"})
        entries = {entry["student"]: entry for entry in json.loads(grade("01", "--json", status=3).stdout)}
        assert {student: entry["outcome"] for student, entry in entries.items()} == {
            "ada": "graded",
            "eve": "refused",
            "guy": "refused",
        }
        assert [entries[student]["flags"][0]["code"] for student in ("eve", "guy")] == ["heavy", "heavy"]

    @whole
    def test_the_time_of_submission_is_nbgraders_and_who_was_late_is_said(self, course, grade, invoke):
        from nbgrader.api import Gradebook

        hand_in(course, "ada", ANSWERS)
        (course / "submitted" / "ada" / LAB / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
        grade("01")
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "prunelab") as book:
            assert book.find_submission(LAB, "ada").timestamp == datetime(2026, 1, 2, 3, 4, 5)
            book.find_assignment(LAB).duedate = datetime(2026, 1, 1, 3, 4)
            book.db.commit()
        assert json.loads(grade("01", "--json").stdout)[0]["late"] == "1 d 5 s late"
        assert "1 d 5 s late." in grade("01").stdout
        assert "ada: 1 d 5 s late" in Path(invoke(course, "report", "01").stdout.strip()).read_text()

    @whole
    def test_a_submission_that_cannot_be_written_stops_no_other(self, course, grade):
        for student in ("ada", "ben", "cy"):
            hand_in(course, student, ANSWERS)
        (course / "autograded").mkdir()
        (course / "autograded" / "ada").touch()
        ada, *others = json.loads(grade("01", "--json", "--workers", "1", status=3).stdout)
        assert "ada's 01_tiny could not be written" in ada["flags"][0]["instructor"]
        assert [entry["outcome"] for entry in others] == ["graded", "graded"]
        (course / "autograded" / "ada").unlink()
        grade("01")
        assert book_of(course) == dict.fromkeys(("ada", "ben", "cy"), FULL)

    @whole
    def test_a_student_in_all_labs(self, course, grade):
        from prunelab.instructor.authoring.build import build_labs

        other = course / "solutions" / "02_other"
        shutil.copytree(course / "solutions" / LAB, other)
        (other / f"{LAB}.py").rename(other / "02_other.py")
        list(build_labs(course))
        hand_in(course, "ada", ANSWERS)
        target = course / "submitted" / "ben" / "02_other" / "02_other.ipynb"
        target.parent.mkdir(parents=True)
        shutil.copy(course / "labs" / "02_other" / "02_other.ipynb", target)
        entries = json.loads(grade("--json", "--student", "ada", "--student", "ada").stdout)
        assert [(entry["lab"], entry["student"]) for entry in entries] == [(LAB, "ada")]

    @middle
    def test_forged_check_earns_nothing(self, course, grade):
        cheat = "import prunelab.checks\nprunelab.checks.Check.equal = lambda *_, **__: None\n"
        hand_in(course, "eve", {name: f"{cheat}{name} = lambda x: 0" for name in ANSWERS})
        entry = json.loads(grade("01", "--json").stdout)[0]
        assert entry["scores"] == {"double": 0, "half": 0}
        assert [flag["code"] for flag in entry["flags"]] == ["alone"]


class TestNbgrader:
    @middle
    def test_nbgrader_autograde_uses_the_same_executor(self, course, grade, run_in):
        """The same scores, and neither a path nor a link, which nbgrader copies, leads out of the sandbox."""
        hand_in(course, "ada", ANSWERS)
        hand_in(course, "eve", {"double": "def double(x):\n    return 2 * x", "half": "half = 0"})
        grade("01")
        marks, secret = book_of(course), course / "solutions" / LAB / f"{LAB}.py"
        hand_in(course, "spy", ANSWERS, extra=f"print(len(open({str(secret)!r}).read()))\n")
        hand_in(course, "linking", ANSWERS, extra="print(len(open('notes.txt').read()))\n")
        (course / "submitted" / "linking" / LAB / "notes.txt").symlink_to(secret)
        done = run_in(course, "nbgrader", "autograde", LAB, "--force")
        assert done.returncode == 0, done.stderr
        assert marks.items() <= book_of(course).items()
        graded = {path.parts[-3]: path.read_text() for path in course.glob(f"autograded/*/{LAB}/{LAB}.ipynb")}
        assert "Notes of the grader" not in graded["ada"]
        assert "No such file" in graded["spy"]
        assert "No such file" in graded["linking"]

    @middle
    def test_formgraders_button(self, course, grade, tmp_path):
        import driver

        hand_in(course, "ada", ANSWERS)
        hand_in(course, "eve", {"double": ANSWERS["double"], "half": "def half(x):\n    return 0.5"})
        secret = f"print(len(open({str(course / 'gradebook.db')!r}).read()))"
        hand_in(course, "spy", ANSWERS, extra=f"try:\n    {secret}\nexcept OSError as error:\n    print(error)\n")
        grade("01", "--student", "ada")  # the grade book knows the lab
        with driver.jupyter_server(course, tmp_path / "home") as address:
            root, token = address.split("lab?token=")
            for student in ("eve", "spy"):
                url = f"{root}formgrader/api/submission/{LAB}/{student}/autograde"
                request = urllib.request.Request(url, data=b"", headers={"Authorization": f"token {token}"})
                with urllib.request.urlopen(request, timeout=120) as answer:
                    result = json.load(answer)
                assert result["success"], result
        assert book_of(course) == {"ada": FULL, "eve": {"double": 12, "half": 0}, "spy": FULL}
        assert "No such file" in (course / "autograded" / "spy" / LAB / f"{LAB}.ipynb").read_text()

    @middle
    def test_feedback_shows_no_hidden_test_but_figures(self, course, grade, feedback):
        import nbformat

        hand_in(course, "ada", ANSWERS)
        path = course / "submitted" / "ada" / LAB / f"{LAB}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        free = next(cell for cell in notebook.cells if cell.source == 'print("free")')
        picture = '<img class="prunelab-still" alt="A still" src="data:image/png;base64,iVBORw0KGgo=">'
        free.outputs = [nbformat.v4.new_output("display_data", data={"text/html": f"{picture}<script>evil()</script>"})]
        nbformat.write(notebook, path)
        grade("01")
        page = feedback("ada")
        assert "(Score: 20.0 / 20.0)" in page
        assert 'alt="A still"' in page
        assert "HIDDEN TESTS" not in page
        assert "-3, want" not in page
        assert "<script>evil" not in page

    @middle
    def test_feedback_of_a_class_is_nbgraders(self, course, grade, invoke, feedback):
        assert "Nobody's 01_tiny is graded" in invoke(course, "feedback", "01", status=1).stderr
        for student in ("ada", "ben", "cy"):
            hand_in(course, student, ANSWERS if student == "ada" else {})
        grade("01", "--student", "ada", "--student", "ben")
        assert "cy: no 01_tiny is graded" in invoke(course, "feedback", "01", "--student", "cy", status=1).stderr
        invoke(course, "feedback", "01")
        pages = {path.parts[-3]: path.read_text() for path in course.glob("feedback/*/*/*.html")}
        assert pages.keys() == {"ada", "ben"}
        assert pages["ada"] == feedback("ada")

    @middle
    def test_a_page_that_cannot_be_written_stops_no_other(self, course, grade, invoke):
        for student in ("ada", "ben"):
            hand_in(course, student, ANSWERS)
        grade("01")
        (course / "autograded" / "ada" / LAB / f"{LAB}.ipynb").write_text("{")
        assert "ada: no page was written" in invoke(course, "feedback", "01", "--workers", "1", status=3).stderr
        assert [path.parts[-3] for path in course.glob("feedback/*/*/*.html")] == ["ben"]

    @whole
    def test_feedback_runs_nothing_that_a_student_wrote(self, course, grade, feedback):
        import nbformat

        hand_in(course, "eve", ANSWERS)
        path = course / "submitted" / "eve" / LAB / f"{LAB}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        links = "[a](javascript:1) [b](&#106;avascript\\:2) [c]: JavaScript:3\n\n$\\href{javascript:4}{d}$"
        for text in (links, "[f](java<script></script>script:8)"):
            notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))
        nbformat.write(notebook, path)
        (path.parent / "timestamp.txt").write_text("<img src=y onerror=5>")
        path.rename(path.with_name("01 <img src=x onerror=6> [e](javascript:7) $x$.ipynb"))
        grade("01")
        page = feedback("eve")
        assert "01 &lt;img src=x onerror=6&gt; [e](javascript:7) $x$.ipynb" in page
        tags = re.findall("<[a-z][^>]*>", page)
        assert not [tag for tag in tags if re.search("onerror|(?i:javascript):", html.unescape(tag))]
        assert "<pre>[a](javascript:1)" in page  # where MathJax does not look

    @whole
    def test_feedback_shows_pictures_that_were_pasted_and_survives_those_that_are_gone(self, course, grade, feedback):
        import nbformat

        hand_in(course, "ada", ANSWERS)
        path = course / "submitted" / "ada" / LAB / f"{LAB}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        text = "![here](attachment:a.png) ![gone](attachment:b.png) ![](attachment:c.png)"
        pictures = {"a.png": {"image/png": "iVBORw0KGgo="}, "c.png": {"image/svg+xml": "PHN2Zz4="}}
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, attachments=pictures))
        nbformat.write(notebook, path)
        grade("01")
        page = feedback("ada")
        assert "data:image/png;base64,iVBORw0KGgo=" in page
        assert "svg+xml;base64,PHN2Zz4=" not in page

    @whole
    def test_feedback_after_a_refusal_is_that_of_the_new_submission(self, course, grade, feedback):
        path = course / "submitted" / "ada" / LAB / f"{LAB}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text("{")
        grade("01", status=3)
        shutil.rmtree(path.parent)
        hand_in(course, "ada", ANSWERS)
        grade("01")
        assert "(Score: 20.0 / 20.0)" in feedback("ada")


class TestStopped:
    """However a run ends, the next one completes it."""

    def hand_in(self, course: Path, *students: str, extra: str = "") -> set[str]:
        for student in students:
            hand_in(course, student, ANSWERS, extra=extra)
        return set(students)

    @middle
    def test_killed_command_leaves_no_process_and_goes_on_where_it_was(self, course, grade, start, gate):
        early = self.hand_in(course, "ada", "ben")
        late = self.hand_in(course, "cy", "dan", "eve", "fay", extra=WAIT)
        process = start("01")
        wait_for(lambda: recorded(course) == early and processes(process, depth=4))
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        assert not psutil.wait_procs(children, timeout=MINUTES)[1]
        before = journal_of(course)
        grade("01")  # with the course's own data, where nothing is closed
        assert before.items() <= journal_of(course).items()
        assert before.keys() == early
        assert book_of(course) == dict.fromkeys(early | late, FULL)
        assert not list((course / "grading").glob(".workdir-*/submitted/*/*/*.ipynb"))

    @middle
    def test_interrupted_command_waits_for_no_answer_and_leaves_nothing(self, course, start, gate, tmp_path_factory):
        self.hand_in(course, "ada", "ben", "cy", extra=WAIT)
        temporary = tmp_path_factory.mktemp("t")  # short, as paths of sockets must be
        start.environment["TMPDIR"] = str(temporary)
        process = start("01")
        wait_for(lambda: len(processes(process, depth=4)) >= 2)
        children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=240)  # less than one answer may take
        assert process.returncode == 130, said
        assert "run this again" in said
        assert "Traceback" not in said
        assert not psutil.wait_procs(children, timeout=MINUTES)[1]
        assert not list(temporary.glob("prunelab-*"))

    @whole
    def test_a_second_command_is_refused(self, course, grade, start, gate):
        everyone = self.hand_in(course, "ada", "ben", "cy", extra=WAIT)
        process = start("01")
        wait_for(lambda: processes(process, depth=4))
        assert "Another `prunelab grade` is at work" in grade("01", status=1).stderr
        gate.unlink()
        _, said = process.communicate()
        assert process.returncode == 0, said
        assert recorded(course) == everyone

    @whole
    def test_killed_kernel_runs_once_more(self, course, start, gate):
        self.hand_in(course, "ada", extra=WAIT)
        self.hand_in(course, "ben")
        process = start("01")
        wait_for(lambda: recorded(course) == {"ben"} and len(processes(process, depth=4)) == 1)
        (kernel,) = processes(process, depth=4)
        kernel.kill()
        gate.unlink()
        entries = {entry["student"]: entry for entry in json.loads(process.communicate()[0])}
        assert entries["ada"]["scores"] == entries["ben"]["scores"] == FULL

    @whole
    def test_killed_job_runs_once_more(self, course, start, gate):
        self.hand_in(course, "ada", "ben", extra=WAIT)
        process = start("01")
        wait_for(lambda: len(processes(process, depth=4)) >= 2)
        for kernel in processes(process, depth=4):
            _, job, *_ = kernel.parents()
            job.kill()
        gate.unlink()
        entries = json.loads(process.communicate()[0])
        assert [entry["scores"] for entry in entries] == [FULL, FULL]

    @middle
    def test_held_grade_book_stops_the_command_and_loses_nothing(self, course, grade):
        self.hand_in(course, "ada")
        grade("01")
        everyone = self.hand_in(course, "ben", "cy") | {"ada"}
        with sqlite3.connect(course / "gradebook.db") as holder:
            holder.execute("BEGIN EXCLUSIVE")
            held = grade("01", status=1)
        holder.close()
        assert "holds the grade book" in held.stderr
        judged = {student: entry["total"] for student, entry in journal_of(course).items()}
        grade("01")
        assert recorded(course) == everyone
        assert judged.items() <= {student: entry["total"] for student, entry in journal_of(course).items()}.items()

    @whole
    def test_full_disk_is_one_sentence_and_the_rest_follows(self, course, needs_isolation, run_in):
        everyone = self.hand_in(course, "ada", "ben", "cy")
        small = course.with_name("small")
        small.mkdir()
        script = f"""
        mount -t tmpfs -o size=50m tmpfs {small} && cp -r {course}/. {small} && cd {small}
        mount -o remount,size=$(($(du -sk . | cut -f1) + 100))k {small}
        {sys.executable} -m prunelab grade 01; echo "first: $?"
        mount -o remount,size=50m {small}
        {sys.executable} -m prunelab grade 01; echo "second: $?"
        cp gradebook.db {course}
        """
        done = run_in(course, "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script)
        assert "first: 1" in done.stdout, done
        assert "could not be written" in done.stderr
        assert "Traceback" not in done.stderr
        assert "second: 0" in done.stdout
        assert book_of(course) == dict.fromkeys(everyone, FULL)


@whole
class TestCluster:
    def test_two_workers_in_networks_of_their_own_and_one_killed(self, course, gate, run_in):
        """A worker can reach only the scheduler; the other one finishes the work of a dead worker."""
        early, late = ("ada", "ben", "cy"), ("dan", "eve", "fay")
        for student in (*early, *late):
            hand_in(course, student, ANSWERS, extra=WAIT if student in late else "")
        script = str(Path(__file__).with_name("two_workers.py"))
        alone = ("unshare", "--user", "--map-root-user", "--net")
        done = run_in(course, *alone, sys.executable, script, str(course), LAB, PRUNELAB_DATA=str(gate.parent))
        assert done.returncode == 0, done.stderr
        assert "Remove worker" in done.stderr
        assert book_of(course) == dict.fromkeys((*early, *late), FULL)

    def test_a_worker_without_prunelab_is_named(self, course, grade, run_in, tmp_path):
        hand_in(course, "ada", ANSWERS)
        file = tmp_path / "scheduler.json"
        files, options = ["--scheduler-file", str(file)], ["--host", "127.0.0.1", "--no-dashboard"]
        packages = [path for path in sys.path if path.endswith("-packages")]
        code = f"import sys; sys.path += {packages}; from distributed.cli.dask_worker import main; main()"
        bare = [sys.executable, "-E", "-S", "-c", code]  # neither PYTHONPATH nor an editable install leads to prunelab
        settings = dict(cwd=tmp_path, env=run_in.environment, stderr=subprocess.DEVNULL)
        with (
            subprocess.Popen(["dask", "scheduler", "--port", "0", *files, *options], **settings) as scheduler,
            subprocess.Popen([*bare, *files, *options, "--no-nanny"], **settings) as worker,
        ):
            try:
                wait_for(file.exists)
                address = json.loads(file.read_text())["address"]
                refused = partial(grade, "01", "--scheduler", address, status=1)
                wait_for(lambda: "no workers" not in refused().stderr)
                said = refused().stderr
            finally:
                worker.kill()
                scheduler.kill()
        assert re.search(r"The Dask worker at tcp://127.0.0.1:\d+ lacks prunelab", said)
        assert not recorded(course)
