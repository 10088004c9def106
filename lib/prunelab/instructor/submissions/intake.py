"""Read what a student handed in, and believe nothing: size, links, encoding, format, names of files."""

import fnmatch
import json
import logging
import os
import sys
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

import prunelab
from prunelab.course import notebook_of
from prunelab.instructor.submissions.flags import Flag, Refused
from prunelab.plain import decode, plain_notebook
from prunelab.quiet import quiet

NOTEBOOK_SIZE, FILES_SIZE, FILES_COUNT, CELLS = 100 << 20, 50 << 20, 200, 2000
STAMP = "timestamp.txt"  # in which nbgrader keeps the time of a submission
IGNORED = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", "Thumbs.db"}


@dataclass
class Submission:
    """What a student handed in for a lab, as far as it can be read."""

    notebook: NotebookNode
    files: dict[str, bytes] = field(default_factory=dict)
    timestamp: str | None = None
    flags: list[Flag] = field(default_factory=list)


def read_submission(folder: Path, lab: str) -> Submission:
    """Return the submission in `folder`; raise Refused where there is nothing to grade."""
    if not fnmatch.fnmatchcase(folder.parent.name, folder.parent.name):
        raise Refused("pattern", _printable(folder.parent.name))
    path, others, unread = _notebook(folder, lab)
    flags = [] if path.name == f"{lab}.ipynb" else [Flag("renamed", _printable(path.name))]
    flags += [Flag("several", f"{_printable(path.name)}, not {_listed(unread)}")] if unread else []
    notebook, more = _parsed(path)
    files, left_out = _files(folder, path.parent, others, lab)
    flags += more + ([Flag("files", _listed(sorted(left_out)))] if left_out else [])
    stamp = files.pop(STAMP, None)
    timestamp, problem = _timestamp(stamp)
    return Submission(notebook, files, timestamp, flags + ([Flag("timestamp", problem)] if problem else []))


def is_notebook(name: str) -> bool:
    """Whether a file is a notebook by its name: systems write it in capitals, and browsers add endings."""
    return name.lower().endswith((".ipynb", ".ipynb.txt", ".ipynb.json"))


def read_files(folder: Path, lab: str) -> dict[str, bytes]:
    """Return the files that may lie beside the notebook while it runs."""
    path, others, _ = _notebook(folder, lab)
    files, _ = _files(folder, path.parent, others, lab)
    files.pop(STAMP, None)
    return files


def _notebook(folder: Path, lab: str) -> tuple[Path, list[Path], list[str]]:
    """Return the path of the notebook, those of other files, and names of other notebooks; links are not followed."""
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Refused("link", _printable(folder.name))
    found = [Path(place, name) for place, folders, names in os.walk(folder) for name in [*names, *folders]]
    found = [path for path in found if not IGNORED & set(path.relative_to(folder).parts)]
    files = sorted(path for path in found if path.is_symlink() or not path.is_dir())
    notebooks = [path for path in files if is_notebook(path.name)]
    exact = [path for path in notebooks if path == folder / f"{lab}.ipynb"]
    similar = sorted(notebooks, key=lambda path: (lab[:2] not in path.name, -path.lstat().st_mtime, path.name))
    if not notebooks:
        raise Refused("absent", _listed([_printable(path.name) for path in files]) or "no file at all")
    chosen = (exact or similar)[0]
    if chosen.is_symlink() or not chosen.is_file():
        raise Refused("link", _printable(chosen.name))
    unread = [_printable(path.name) for path in notebooks if path != chosen]
    return chosen, [path for path in files if path not in notebooks], unread


def _parsed(path: Path) -> tuple[NotebookNode, list[Flag]]:
    """Return the notebook at `path` in the current format, and how it was found."""
    if path.stat().st_size > NOTEBOOK_SIZE:
        raise Refused("large", f"{path.stat().st_size >> 20} MB")
    try:
        text, flags = _decoded(path.read_bytes())
    except OSError as error:
        raise Refused("unreadable", f"{error.strerror}") from error
    try:
        raw = json.loads(text)
        version = f"version {raw['nbformat']}.{raw.get('nbformat_minor', 0)}"
        if len(raw.get("cells", [])) > CELLS:
            raise Refused("large", f"{len(raw['cells'])} cells")
        raw = plain_notebook(raw) if raw["nbformat"] == 4 else raw
        text = json.dumps(raw, ensure_ascii=False).encode(errors="replace").decode()  # without half surrogate pairs
        with quiet(logging.ERROR):  # nbformat repairs it, too
            notebook = notebook_of(text)
    except RecursionError:
        raise Refused("broken", "it is nested too deeply") from None
    except (KeyError, TypeError, AttributeError):
        raise Refused("broken", "it is JSON, but no notebook") from None
    except (ValueError, nbformat.ValidationError) as error:
        raise Refused("broken", " ".join(f"{error}".split())[:200]) from None
    return notebook, flags + ([] if raw["nbformat"] == 4 else [Flag("format", version)])


def _decoded(content: bytes) -> tuple[str, list[Flag]]:
    """Return the text of a file in UTF-8 or, with a flag, another encoding."""
    if not content.strip():
        raise Refused("broken", "it is empty")
    try:
        text, encoding = decode(content)
    except ValueError as error:
        raise Refused("broken", f"{error}") from None
    return text, [] if encoding.startswith("utf-8") else [Flag("encoding", encoding)]


def _files(folder: Path, beside: Path, paths: list[Path], lab: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the contents of the files that may lie beside the notebook, and the names of those that may not."""
    kept, left_out, free = {}, [], FILES_SIZE
    for path in paths:
        name = os.path.relpath(path, beside).replace("../", "")  # a notebook in a folder has its files there
        plain = not path.is_symlink() and path.is_file() and os.access(path, os.R_OK)
        forged = name == STAMP and path.parent != folder  # nbgrader's own lies at the top
        allowed = plain and not forged and name not in kept and fits(name, lab)
        if not allowed or path.stat().st_size > free or len(kept) >= FILES_COUNT:
            left_out.append(_printable(name))
        else:
            kept[name] = path.read_bytes()
            free -= len(kept[name])
    return kept, left_out


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)


def _listed(names: list[str]) -> str:
    cut = [f"{name[:60]}..." if len(name) > 64 else name for name in names[:8]]
    return ", ".join(cut) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def fits(name: str, lab: str) -> bool:
    """Whether a file may have its name beside the notebook: no place that is taken, and none too deep for a path."""
    parts = Path(name).parts
    taken = parts[0] == f"{lab}.ipynb" or (parts[0] == STAMP and len(parts) > 1)
    short = len(os.fsencode(name)) <= 1000 and all(len(os.fsencode(part)) <= 200 for part in parts)
    return short and name.isprintable() and not taken and not shadows(name)


def shadows(name: str) -> bool:
    """Whether a file beside the notebook would be imported in place of a library: torch.py, torch/anything."""
    top = Path(Path(name).parts[0])
    if len(Path(name).parts) == 1 and top.suffix not in (".py", ".pyc", ".so", ".pyd"):
        return False
    module = top.name.partition(".")[0]
    if module in sys.stdlib_module_names or module == prunelab.__name__:
        return True
    spec = PathFinder.find_spec(module, [path for path in sys.path if path.endswith("-packages")])
    return spec is not None and spec.origin is not None  # a mere folder of that name is no library


def _timestamp(content: bytes | None) -> tuple[str | None, str]:
    """Return the time of submission as nbgrader reads it, or what is wrong with it."""
    if content is None:
        return None, ""
    try:
        text = content.decode().strip()
        parse_utc(text)
    except (ValueError, OverflowError):
        return None, ascii(content[:40]).removeprefix("b")
    return text, ""
