"""The information about the machine that a student's kernel gets; test_isolation runs one."""

from pathlib import Path

from prunelab.instructor.sandbox.kernel import KEPT, environment


def test_little_of_the_instructors_environment_is_passed_on(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/instructor")
    monkeypatch.setenv("PRUNELAB_DATA", "/data")
    monkeypatch.delenv("PRUNELAB_DATASET", raising=False)
    found = environment(Path("/home/x"))
    assert found.keys() <= {*KEPT, "HOME", "IPYTHONDIR", "MPLCONFIGDIR", "PYTHONPATH", "USER", "NBGRADER_EXECUTION",
                            "MPLBACKEND"}  # fmt: skip
    assert "PRUNELAB_DATASET" not in found
    assert (found["PRUNELAB_DATA"], found["HOME"], found["USER"]) == ("/data", "/home/x", "student")
    assert (Path(found["PYTHONPATH"]) / "prunelab" / "__init__.py").is_file()
    assert all(found[name].startswith("/home/x/") for name in ("IPYTHONDIR", "MPLCONFIGDIR"))
    assert found["NBGRADER_EXECUTION"] == "autograde"
