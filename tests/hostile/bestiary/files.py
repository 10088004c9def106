"""What lies in the folder: names, kinds and places of files, links, and nothing at all."""

import os
import socket

from bestiary import LAB, Desk, case, honest, rebuilt, refused

CODE = "import os\nos._exit(3)\n"
STARTS = (".ipython/profile_default/startup/00-first.py", ".ipython/profile_default/ipython_kernel_config.py",
          "ipython_config.py", "ipython_kernel_config.py", "jupyter_config.py")  # fmt: skip
MANY = sorted(f"many/{number}.txt" for number in range(10_000))


@honest(files="my_tools.py data/numbers.txt", tier="middle")
def helper_module_and_data(desk: Desk) -> None:
    """A student's own files are there when the notebook runs."""
    desk.put("my_tools.py", "def twice(x):\n    return 2 * x\n")
    desk.put("data/numbers.txt", "2")
    desk.answer(
        double="from my_tools import twice\ndef double(x):\n    return twice(x)",
        half="def half(x):\n    return x / float(open('data/numbers.txt').read())",
    )


@honest(flags="files", files="__main__.py nbgrader_config.py", tier="middle")
def files_named_like_libraries(desk: Desk) -> None:
    for name in ("torch.py", "random.py", "json.py", "prunelab/__init__.py", "IPython/__init__.py", "__main__.py"):
        desk.put(name, CODE)
    desk.put("nbgrader_config.py", CODE)  # the same name as a file of the grader's folder is no library


@honest(files=" ".join(STARTS))
def start_up_code_of_the_kernel(desk: Desk) -> None:
    """It would run before the lab does; a notebook starts without it."""
    for name in STARTS:
        desk.put(name, CODE)


@honest(flags="files")
def links_beside_the_notebook(desk: Desk) -> None:
    (desk.folder / "solutions").symlink_to(desk.course / "solutions")
    (desk.folder / "gradebook.db").symlink_to(desk.course / "gradebook.db")
    (desk.folder / "root").symlink_to("/")
    (desk.folder / "gone").symlink_to("nowhere")
    (desk.folder / "loop").symlink_to("loop")


@refused(flags="link")
def notebook_is_a_link(desk: Desk) -> None:
    target = desk.course / "solutions" / LAB / f"{LAB}.ipynb"
    desk.path.symlink_to(target)
    desk.notebook = None


@refused(flags="link", tier="middle")
def folder_is_a_link(desk: Desk) -> None:
    desk.folder.rmdir()
    desk.folder.symlink_to(desk.course / "solutions" / LAB)
    desk.notebook = None


@honest(flags="files", tier="middle")
def pipe_and_socket(desk: Desk) -> None:
    os.mkfifo(desk.folder / "pipe.csv")
    here = os.getcwd()
    os.chdir(desk.folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    os.chdir(here)


@refused(flags="link")
def notebook_is_a_pipe(desk: Desk) -> None:
    os.mkfifo(desk.path)
    desk.notebook = None


@refused(flags="absent", tier="middle")
def script_in_place_of_a_notebook(desk: Desk) -> None:
    desk.put(f"{LAB}.py", "print(1)")
    desk.put("[bold]report[/red].pdf", b"%PDF")
    desk.notebook = None


@rebuilt(flags="files")
def folder_named_like_the_notebook(desk: Desk) -> None:
    desk.put(f"{LAB}.ipynb/notes.txt", "mine")
    desk.save(f"other/{LAB}.ipynb")


@honest(flags="renamed", tier="middle")
def renamed(desk: Desk) -> None:
    desk.save("Lab 1 (final) [2].IPYNB.ipynb")


@rebuilt(files="my_tools.py")
def in_a_folder_of_its_own(desk: Desk) -> None:
    """The result of unpacking an archive, with a file that the notebook needs."""
    desk.put("__MACOSX/._01_tiny.ipynb", b"\0\5\26\7")
    desk.put("my homework/my_tools.py", "def twice(x):\n    return 2 * x\n")
    desk.answer(double="from my_tools import twice\ndef double(x):\n    return twice(x)")
    desk.save(f"my homework/{LAB}.ipynb")


@rebuilt(flags="several")
def several_notebooks(desk: Desk) -> None:
    """The one with the right name counts."""
    desk.put("00_old.ipynb", "not even a notebook")
    desk.put(f"{LAB}-Copy1.ipynb", desk.text().replace("2 * x", "x"))
    desk.put(".ipynb_checkpoints/01_tiny-checkpoint.ipynb", "old")


@honest(flags="renamed")
def name_that_is_no_text(desk: Desk) -> None:
    desk.save(os.fsdecode(b"01_t\xefny.ipynb"))


@rebuilt(flags="files", files="{0}{detail}.txt")
def names_with_bytes_and_lines(desk: Desk) -> None:
    for name in (b"na\xefve.txt", b"two\nlines.txt", b"\x1b[31mred.txt", b"{0}{detail}.txt"):
        desk.put(os.fsdecode(name), "x")


@honest(flags="files")
def longest_names(desk: Desk) -> None:
    """Names and paths of maximal length, which fit nowhere else."""
    length = 4080 - len(os.fsencode(desk.folder))
    desk.put("n" * 251 + ".txt", "x")
    desk.put("/".join(["d" * 99] * (length // 100)) + "/end.txt", "x")


@honest(flags="files", files=" ".join(MANY[:200]))
def ten_thousand_files(desk: Desk) -> None:
    for name in MANY:
        desk.put(name)


@honest(flags="files", tier="middle")
def file_of_a_terabyte(desk: Desk) -> None:
    """A sparse file, which takes no space on the disk."""
    with (desk.folder / "data.bin").open("wb") as file:
        file.truncate(1 << 40)


@refused(flags="large")
def notebook_of_a_terabyte(desk: Desk) -> None:
    with desk.path.open("wb") as file:
        file.truncate(1 << 40)
    desk.notebook = None


@honest(flags="timestamp", tier="middle")
def timestamp_is_no_time(desk: Desk) -> None:
    desk.put("timestamp.txt", "the day after {tomorrow}")


@rebuilt(flags="files")
def timestamp_is_a_folder(desk: Desk) -> None:
    desk.put("timestamp.txt/inside.txt", "x")


@honest(student="Zoë Ñandú-O'Neil (late) 50% {0}")
def student_with_a_name(desk: Desk) -> None:
    """An id as learning platforms make them."""


@refused(flags="pattern", student="Ana [2]", tier="middle")
def student_with_brackets(desk: Desk) -> None:
    """nbgrader takes ids for patterns, and this one does not match itself."""


@case(earns="double half", student="--help; rm -rf ~ #&*?$HOME", tier="middle")
def student_with_a_command_for_a_name(desk: Desk) -> None:
    desk.answer(rectify="raise NotImplementedError()")
