"""The files around the course agree: versions and dates, and what workflow, templates, containers and hooks name."""

import inspect
import json
import os
import re
import shlex
import tomllib
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import prunelab
from platforms import GRADER

REPOSITORY = Path(__file__).parents[1]
WORKFLOW, FORMS = ".github/workflows/tests.yml", ".github/ISSUE_TEMPLATE"
SCHEMAS = {  # of check-jsonschema: the files that keep to it
    "vendor.github-workflows": ".github/workflows/*.yml",
    "custom.github-workflows-require-timeout": ".github/workflows/*.yml",
    "vendor.github-issue-config": f"{FORMS}/config.yml",
    "vendor.github-issue-forms": f"{FORMS}/[!c]*.yml",
    "vendor.citation-file-format": "CITATION.cff",
}
LINUX_ONLY = r"^(?:import|from) (?:fcntl|pwd|resource|prunelab\.instructor\.(?:sandbox|verdict|grade\b))"


def text(name: str) -> str:
    """The text of a file of the repository."""
    return (REPOSITORY / name).read_text(encoding="utf-8")


def read(name: str) -> dict:
    """What a YAML, JSON or TOML file of the repository holds."""
    readers = {".json": json.loads, ".toml": tomllib.loads}
    return readers.get(Path(name).suffix, yaml.safe_load)(text(name))


def scripts() -> dict[str, str]:
    """The commands that others run for us, by where they stand."""
    steps = {
        f"{job}, {step['run']}": step["run"]
        for job, jobs in read(WORKFLOW)["jobs"].items()
        for step in jobs["steps"]
        if "run" in step
    }
    binder = {name: text(name) for name in ("binder/postBuild", "binder/start")}
    return steps | binder | {"devcontainer": read(".devcontainer/devcontainer.json")["postCreateCommand"]}


def releases() -> list[tuple[Version, str]]:
    """The versions of the changelog and their dates, newest first; a heading of another form has neither."""
    headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.M)
    forms = [re.fullmatch(r"(\d+\.\d+\.\d+), (unreleased|\d{4}-\d\d-\d\d)", heading) for heading in headings]
    assert None not in forms, headings
    return [(Version(form[1]), form[2]) for form in forms]


class TestVersions:
    def test_package_changelog_and_citation_have_one(self):
        assert prunelab.__version__ == str(releases()[0][0]) == str(read("CITATION.cff")["version"])

    def test_changelog_goes_back_in_time(self):
        versions, dates = zip(*releases(), strict=True)
        assert list(versions) == sorted(set(versions), reverse=True)
        assert "unreleased" not in dates[1:]
        days = [date.fromisoformat(day) for day in dates if day != "unreleased"]
        assert days == sorted(days, reverse=True)

    def test_what_is_released_has_one_date_and_nothing_else_has(self):
        _, day = releases()[0]
        assert str(read("CITATION.cff").get("date-released", "unreleased")) == day


@pytest.mark.middle  # check-jsonschema takes seconds to import
def test_files_keep_to_their_schemas():
    from check_jsonschema import main

    for schema, pattern in SCHEMAS.items():
        files = [str(path) for path in REPOSITORY.glob(pattern)]
        assert files, pattern
        options = ["--builtin-schema", schema, "--default-filetype", "yaml"]
        assert main([*options, *files], standalone_mode=False) == 0, schema


class TestWorkflow:
    def test_it_may_only_read(self):
        workflow = read(WORKFLOW)
        assert workflow["permissions"] == {"contents": "read"}
        assert not any("permissions" in job for job in workflow["jobs"].values())
        assert "secrets." not in text(WORKFLOW)
        assert "pull_request_target" not in text(WORKFLOW)

    def test_it_starts_with_the_oldest_python_and_skips_none(self):
        versions = read(WORKFLOW)["jobs"]["quick"]["strategy"]["matrix"]["python"]
        allowed = SpecifierSet(read("pyproject.toml")["project"]["requires-python"])
        minors = [int(version.removeprefix("3.")) for version in versions]
        assert minors == list(range(minors[0], minors[-1] + 1))
        assert versions[0] in allowed
        assert f"3.{minors[0] - 1}" not in allowed

    def test_without_make_it_runs_what_make_quick_runs(self):
        makefile = text("Makefile")
        options = re.search(r"^PYTEST = OMP_NUM_THREADS=1 \$\(BIN\)/pytest (.*)$", makefile, re.M)[1]
        tier = re.search(r'^quick:.*\n\t\$\(PYTEST\) (-m ".*") \$\(TEST_FLAGS\)$', makefile, re.M)[1]
        extras = re.search(r"^EXTRAS = (.*)$", makefile, re.M)[1]
        windows = text(WORKFLOW)
        assert f"/pytest {options} {tier}" in windows
        assert f'install --quiet -c requirements.lock -e ".{extras}"' in windows

    def test_the_graders_tests_are_left_out_where_there_is_no_linux(self):
        left_out = [f"tests/{name}" for name in GRADER]
        assert [name for name in left_out if not (REPOSITORY / name).exists()] == []
        for path in (REPOSITORY / "tests").rglob("test_*.py"):
            name = path.relative_to(REPOSITORY).as_posix()
            if re.search(LINUX_ONLY, path.read_text(encoding="utf-8"), re.M):
                assert name.startswith(tuple(left_out)), name

    def test_the_index_of_torch_is_a_variable_of_the_repository(self):
        given = re.findall(r"TORCH_INDEX: (.*)", text(WORKFLOW))
        assert given
        assert all("vars.TORCH_INDEX" in index and "://" not in index for index in given)


class TestNames:
    def test_targets_of_make(self):
        targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))
        named = {word for script in scripts().values() for word in re.findall(r"^make ([a-z-]+)", script, re.M)}
        assert named
        assert named <= targets

    def test_files(self):
        found = {word for script in scripts().values() for word in re.findall(r"(?:\.ci|lib|binder)/[\w/]+", script)}
        assert found
        assert [name for name in found if not (REPOSITORY / name).exists()] == []

    def test_commands_of_prunelab(self):
        import typer

        from prunelab.student.cli import app

        texts = [text(path.relative_to(REPOSITORY)) for path in (REPOSITORY / FORMS).iterdir()]
        named = set(
            re.findall(r"prunelab ([a-z]+)\b", " ".join([*scripts().values(), *re.findall("`.*?`", "".join(texts))]))
        )
        assert named
        assert named <= set(typer.main.get_command(app).commands)

    @pytest.mark.parametrize("name", [".ci/run", "binder/postBuild", "binder/start"])
    def test_scripts_can_be_run(self, name):
        assert os.access(REPOSITORY / name, os.X_OK)
        assert text(name).startswith("#!/usr/bin/env bash\n")


class TestContainers:
    def test_images_have_a_python_that_will_do_and_no_host(self):
        allowed = SpecifierSet(read("pyproject.toml")["project"]["requires-python"])
        images = [read(".devcontainer/devcontainer.json")["image"]]
        images += [job["container"]["image"] for job in read(WORKFLOW)["jobs"].values() if "container" in job]
        for image in images:
            assert re.fullmatch(r"python:(\d+\.\d+)-[a-z]+", image)[1] in allowed

    def test_the_port_is_jupyterlabs(self):
        from prunelab.student.cli import lab

        container = read(".devcontainer/devcontainer.json")
        port = inspect.signature(lab).parameters["port"].default
        assert container["forwardPorts"] == [port]
        assert list(container["portsAttributes"]) == [str(port)]

    def test_binder_and_conda_have_one_python(self):
        pythons = {
            next(each for each in read(name)["dependencies"] if str(each).startswith("python="))
            for name in ("environment.yml", "binder/environment.yml")
        }
        assert len(pythons) == 1

    def test_binder_leaves_out_of_the_lock_what_conda_brings(self):
        left_out = re.compile(re.search(r"grep -vE '(.*)' requirements.lock", text("binder/postBuild"))[1])
        assert [line for line in text("requirements.lock").splitlines() if left_out.match(line)] == [
            line for line in text("requirements.lock").splitlines() if line.split("==")[0] in ("torch", "torchvision")
        ]


def test_hooks_are_modules_of_the_active_environment():
    hooks = read(".pre-commit-config.yaml")["repos"][0]["hooks"]
    for hook in hooks:
        python, option, module, *_ = shlex.split(hook["entry"])
        assert (python, option, hook["language"]) == ("python", "-m", "system")
        assert find_spec(f"{module}.__main__"), module


def test_git_ignores_the_coverage():
    tool = read("pyproject.toml")["tool"]["coverage"]
    assert "/coverage/" in text(".gitignore").splitlines()
    for path in (tool["run"]["data_file"], tool["html"]["directory"]):
        assert path.startswith("coverage/")
