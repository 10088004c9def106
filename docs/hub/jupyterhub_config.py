"""JupyterHub for a course on one Linux machine; README.md beside this file says how to set it up."""

import os
from pathlib import Path

c = get_config()  # noqa: F821, given by traitlets

HERE = Path(__file__).resolve().parent
COURSE = Path(os.environ.get("PRUNELAB_COURSE", "/srv/prunelab"))  # the students' course, unpacked and set up
EXCHANGE = Path(os.environ.get("PRUNELAB_EXCHANGE", "/srv/exchange"))  # nbgrader's, on which all users may write

# Passwords go through this port, so only this machine can reach it: put a web server with TLS in front of it.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# Users are the machine's own, with their own folders: the exchange relies on that. PAM asks for their passwords.
c.JupyterHub.authenticator_class = "pam"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Authenticator.allow_all = True
c.Authenticator.blocked_users = {"root"}

c.Spawner.cmd = ["/bin/sh", str(HERE / "start.sh")]
c.Spawner.default_url = "/lab/tree/labs/index.ipynb"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120  # for a whole class that logs in at once
settings = (HERE / "jupyter", COURSE / "lib" / "prunelab" / "jupyter")  # the first one wins
c.Spawner.environment = {
    "PRUNELAB_COURSE": str(COURSE),
    "PRUNELAB_EXCHANGE": str(EXCHANGE),
    "JUPYTER_CONFIG_PATH": os.pathsep.join(map(str, settings)),
    "OMP_NUM_THREADS": "2",  # threads for each student; without it each takes all cores
}
