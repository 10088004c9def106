"""One JupyterLab server, one chromium and one page for all tests of this folder."""

import shutil

import driver
import pytest
from playwright.sync_api import expect

expect.set_options(timeout=20_000)  # a loaded machine is slow, not wrong


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A copy of the course's sources."""
    return driver.copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def lab(course, tmp_path_factory):
    """JupyterLab, open on `course`."""
    if not shutil.which("chromium"):
        pytest.skip(driver.NO_CHROMIUM)
    with driver.jupyter_server(course, tmp_path_factory.mktemp("home")) as address, driver.chromium_page() as page:
        yield driver.Lab(page, address)


@pytest.fixture(autouse=True)
def _clean(lab):
    """No test may leave a script error, a call to the outside or a pop-up message behind."""
    yield
    errors, hosts = list(lab.errors), driver.outside(lab.hosts)
    lab.errors.clear()
    assert errors == []
    assert hosts == set()
    assert lab.toasts() == ""
