"""nbgrader's settings: solutions/ -> labs/ -> submitted/ -> autograded/ -> feedback/."""

import os
from pathlib import Path

c = get_config()  # noqa: F821, given by traitlets

c.CourseDirectory.course_id = "prunelab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.solution_directory = "answers"  # the default, "solution", is too close to the sources' folder

# generate_assignment copies every other file next to a notebook, so the sources with their solutions must be ignored.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", "*.ipynb~"]

# By default, nbclient waits for ever.
c.Execute.kernel_name = "python3"  # not the name of the kernel on the student's machine
c.Execute.timeout = 300  # seconds per cell
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 30

# `nbgrader autograde` and formgrader's button run submissions in prunelab's sandbox, feedback shows no hidden tests,
# and pages fetch nothing from outside, unless PRUNELAB_STOCK is set. Students have no solutions and no grader.
if (Path(__file__).parent / "solutions").is_dir() and not os.environ.get("PRUNELAB_STOCK"):
    from prunelab.instructor.preprocessors import configure

    configure(c)
