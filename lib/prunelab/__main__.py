"""`python -m prunelab` is `prunelab`."""

from prunelab.student.cli import app

app()
