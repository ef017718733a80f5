"""What others use as it is: pre-commit hooks, the Action and its scripts, the GitLab template, the container."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from gate_case import FILE, git, repository_at

ROOT = Path(__file__).parent.parent


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def environment(**more: str) -> Mapping[str, str]:
    """That of a job: the itsmctl of these tests first in PATH, and nothing of a forge but what is named."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "GH_", "GIT_", "ITSMCTL_"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return {**kept, "PATH": path, **more}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference definitions in git; the branch `change`, checked out, makes one target longer."""
    root = repository_at(tmp_path_factory.mktemp("ready") / "ours", "change")
    git(root, "checkout", "-q", "main")
    (root / "README.md").write_text("moved on meanwhile\n", "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Go on")
    git(root, "checkout", "-q", "change")
    return root


# pre-commit


def test_pre_commit_takes_the_hooks_and_runs_them(repository: Path, tmp_path: Path) -> None:
    hooks, ours = tmp_path / "hooks", tmp_path / "ours"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    git(hooks, "init", "-q", "-b", "main")
    git(hooks, "add", "-A")
    git(hooks, "commit", "-qm", "Hooks")
    revision = git(hooks, "rev-parse", "HEAD").strip()
    git(tmp_path, "clone", "-q", str(repository), str(ours))
    # As a user would, but for the language: installing itsmctl again takes a minute and proves nothing about the hook.
    hook = {"id": "itsmctl-validate", "language": "system"}
    config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [hook]}]}
    (ours / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    place = environment(PRE_COMMIT_HOME=str(tmp_path / "kept"))

    def pre_commit(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", *arguments]
        return subprocess.run(command, cwd=ours, env=place, capture_output=True, text=True, check=False)

    assert pre_commit("validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")).returncode == 0
    clean = pre_commit("run", "--all-files")
    assert clean.returncode == 0 and "Passed" in clean.stdout, clean.stdout + clean.stderr
    (ours / FILE).write_text(
        (ours / FILE).read_text("utf-8").replace("calendar: cn-office", "calendar: cn-ofice"), "utf-8"
    )
    broken = pre_commit("run", "--files", FILE)
    assert broken.returncode == 1 and "cn-ofice" in broken.stdout
    assert "(no files to check)" in pre_commit("run", "--files", "README.md").stdout


# The Action and its scripts


def test_the_action_declares_what_it_uses_and_uses_what_it_declares() -> None:
    action = read("action.yml")
    text = (ROOT / "action.yml").read_text("utf-8")
    used = set(re.findall(r"\binputs\.([\w-]+)", text))
    assert used == set(action["inputs"])
    assert all(set(one) == {"description", "default"} for one in action["inputs"].values())
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert ("uses" in step) != ("run" in step)
        if "run" in step:  # a text of a pull request in a script would be a command
            assert step["shell"] == "bash" and "${{" not in step["run"]
            assert all((ROOT / name).is_file() for name in re.findall(r"\$GITHUB_ACTION_PATH/([\w./]+)", step["run"]))
        else:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])
    scripts = "".join((ROOT / "ci" / name).read_text("utf-8") for name in ("gate.sh", "comment.sh"))
    given = {key for step in action["runs"]["steps"] for key in step.get("env", {})}
    assert {key for key in given if key.startswith("ITSMCTL_")} == set(
        re.findall(r"\$\{(ITSMCTL_(?!FORMAT)\w+)", scripts)
    )


def test_the_workflow_passes_only_inputs_that_there_are_and_asks_for_no_more_than_it_needs() -> None:
    workflow = read("docs/examples/github-gate.yaml")
    (job,) = workflow["jobs"].values()
    checkout, gate = job["steps"]
    assert set(gate["with"]) <= set(read("action.yml")["inputs"])
    assert checkout["with"]["fetch-depth"] == 0
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}


@pytest.mark.parametrize("name", ["gate.sh", "comment.sh"])
def test_scripts_are_bash_that_stops_at_errors(name: str) -> None:
    script = ROOT / "ci" / name
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.read_text("utf-8").split("\n\n")[0].endswith("set -euo pipefail")


def test_the_script_of_the_action_judges_what_the_branch_changed(repository: Path, tmp_path: Path) -> None:
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    gh(tmp_path, "ada")
    job = environment(
        ITSMCTL_BASE="main", ITSMCTL_AS_OF="2026-06-30", ITSMCTL_APPROVALS="true", PULL_REQUEST="7", GITHUB_REPOSITORY="us/ours",
        GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(output),
    )  # fmt: skip
    job = {**job, "PATH": f"{tmp_path}{os.pathsep}{job['PATH']}"}
    done = subprocess.run(["bash", str(ROOT / "ci" / "gate.sh")], cwd=repository, env=job, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr  # ada holds none of the roles
    assert re.search(rf"^::error file={FILE},line=\d+,.*approval-missing", done.stdout, re.MULTILINE)
    assert output.read_text("utf-8") == "folder=itsmctl-gate\n"
    comment = (repository / "itsmctl-gate" / "comment.md").read_text("utf-8")
    assert summary.read_text("utf-8") == comment and "--approved-by ada" in comment
    assert {"comment.md", "gate.md", "gate.json"} == {path.name for path in (repository / "itsmctl-gate").iterdir()}
    shutil.rmtree(repository / "itsmctl-gate")
    lost = subprocess.run(["bash", str(ROOT / "ci" / "gate.sh")], cwd=repository, env={**job, "ITSMCTL_BASE": "nowhere"}, capture_output=True, text=True, check=False)  # fmt: skip
    assert lost.returncode == 2 and "fetch-depth: 0" in lost.stderr


def gh(place: Path, answer: str) -> Path:
    """A gh that answers every question in the same way, and notes what it was asked."""
    script, notes = place / "gh", place / "asked"
    script.write_text(f'#!/usr/bin/env bash\nprintf "%s\\n" "$*" >>"{notes}"\necho "{answer}"\n', "utf-8")
    script.chmod(0o755)
    return notes


@pytest.mark.parametrize(("known", "call"), [("", "POST repos/us/ours/issues/7/comments"), ("41", "PATCH repos/us/ours/issues/comments/41")])  # fmt: skip
def test_the_comment_is_written_once_and_then_kept_up_to_date(known: str, call: str, tmp_path: Path) -> None:
    notes = gh(tmp_path, known)
    comment = tmp_path / "comment.md"
    comment.write_text("<!-- itsmctl gate . -->\n## fine\n", "utf-8")
    job = environment(PULL_REQUEST="7", GITHUB_REPOSITORY="us/ours")
    script = ["bash", str(ROOT / "ci" / "comment.sh"), str(comment)]
    subprocess.run(script, env={**job, "PATH": f"{tmp_path}{os.pathsep}{job['PATH']}"}, check=True)
    asked = notes.read_text("utf-8").splitlines()
    assert 'startswith("<!-- itsmctl gate . -->")' in asked[0]
    assert asked[1] == f"api --method {call} --field body=@{comment} --silent"


# GitLab and the container


def test_the_gitlab_job_runs_and_leaves_the_reports_that_it_names(repository: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    git(tmp_path, "clone", "-q", str(repository), str(ours))
    template = read("ci/gitlab.yaml")
    job = template["itsmctl-gate"]
    variables = {key: str(value) for key, value in job["variables"].items()}
    place = environment(**variables, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", "\n".join(job["script"])], cwd=ours, env=place, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith("Not to be merged")
    reports = job["artifacts"]["reports"].values()
    assert all((ours / name).is_file() for name in (*job["artifacts"]["paths"], *reports))
    assert template[job["extends"]]["variables"]["GIT_DEPTH"] == "0"


def test_the_container_is_slim_and_not_root() -> None:
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if line and line[0] not in "# "]
    words = [line.split() for line in lines]
    assert [line[1] for line in words if line[0] == "FROM"] == ["python:3.12-slim"] * 2
    (user,) = [line[1] for line in words if line[0] == "USER"]
    assert int(user) > 0
    after = words[[line[0] for line in words].index("USER") :]
    assert not {line[0] for line in after} & {"RUN", "COPY", "ADD"}
    assert words[-2:] == [["ENTRYPOINT", '["itsmctl"]'], ["CMD", '["--help"]']]
