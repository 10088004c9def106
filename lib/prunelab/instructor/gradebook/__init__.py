"""Verdicts become grades and pages for people to read. Before it: verdict. After it: nbgrader, files to export."""
