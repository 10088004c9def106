"""nbgrader on the hub: the course's own settings, and where students and instructors exchange work."""

import os
from pathlib import Path

c = get_config()  # noqa: F821, given by traitlets

load_subconfig(str(Path(os.environ["PRUNELAB_COURSE"]) / "nbgrader_config.py"))  # noqa: F821
c.Exchange.root = os.environ["PRUNELAB_EXCHANGE"]
c.Exchange.assignment_dir = str(Path.home() / "prunelab" / "labs")
