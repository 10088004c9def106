"""`python -m prunelab` is `prunelab`."""

from prunelab.cli import app

app()
