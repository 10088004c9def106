"""The student's course as one zip: labs, package, data and set-up, and nothing that gives an answer away."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from prunelab import LabError
from prunelab.course import lab_names, original, student_copy

BUNDLE = Path("dist") / "prunelab-student.zip"
TOP = "prunelab"  # the folder that the zip unpacks to
PARTS = ("LICENSE", "environment.yml", "nbgrader_config.py", "pyproject.toml", "requirements.lock", "setup.mk",
         "data", "lib/prunelab")  # fmt: skip
STUDENT = Path("docs") / "student"  # what is another file for students: README.md and Makefile
# What only instructors run, and what git ignores.
LEFT_OUT = (
    *("*/__pycache__/*", "lib/prunelab/instructor/*", "data/*-ubyte", "data/cifar-10*"),
    *("data/checkpoints/folder-*", "data/checkpoints/*/finished.json", "data/results/partial/*"),
)
DATE = (1980, 1, 1, 0, 0, 0)  # the oldest that a zip can hold: the same course gives the same bytes


def write_bundle(course: Path, target: Path | None = None) -> Path:
    """Write the zip for students and return its path; raise LabError if the course is not an instructor's or not built.

    The labs are the released originals: what anybody wrote into labs/ stays out.
    """
    missing = [name for name in ("solutions", "docs/student", "labs/.originals") if not (course / name).is_dir()]
    if missing:
        raise LabError(f"{course} lacks {missing[0]}; bundle a copy of the whole repository, after `prunelab build`.")
    target = target or course / BUNDLE
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.part")
    with ZipFile(half, "w", ZIP_DEFLATED) as archive:
        for name, path in sorted(contents(course)):
            archive.writestr(_entry(name), path.read_bytes())
    half.replace(target)
    return target


def contents(course: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of the bundle: each one's path for the student, and where it comes from."""
    for part in map(course.joinpath, PARTS):
        for path in [part] if part.is_file() else part.rglob("*"):
            name = path.relative_to(course).as_posix()
            if path.is_file() and not any(fnmatch(name, pattern) for pattern in LEFT_OUT):
                yield name, path
    for path in (course / STUDENT).iterdir():
        yield path.name, path
    for name in ("index", *lab_names(course)):
        for place in (original(course, name), student_copy(course, name)):
            yield place.relative_to(course).as_posix(), original(course, name)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(f"{TOP}/{name}", DATE)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
    return entry
