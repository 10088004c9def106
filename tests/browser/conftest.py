"""One JupyterLab server, one chromium and one page for all tests of the labs."""

import shutil

import driver
import pytest
from playwright.sync_api import expect

expect.set_options(timeout=20_000)  # a loaded machine is slow, not wrong


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The course as students have it."""
    return driver.student_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def browser():
    """Debian's chromium."""
    if not shutil.which("chromium"):
        pytest.skip(driver.NO_CHROMIUM)
    with driver.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def jupyterlab(course, browser, tmp_path_factory):
    """JupyterLab, open on `course`."""
    with driver.jupyter_server(course, tmp_path_factory.mktemp("home")) as address:
        yield driver.Lab(browser.new_page(viewport=driver.WINDOW), address)


@pytest.fixture
def lab(jupyterlab):
    """JupyterLab again; no test may leave behind a script error, an outside request or a pop-up message."""
    yield jupyterlab
    assert jupyterlab.complaints() == []
    assert jupyterlab.toasts() == ""
