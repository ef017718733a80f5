"""What others use as it is: pre-commit hooks, the Action and its scripts, the GitLab template, the container."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
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
    git(ours, "checkout", "-q", FILE)
    (ours / FILE).write_text((ours / FILE).read_text("utf-8") + "# itsmctl: ignore[one-accountable]\n", "utf-8")
    warned = pre_commit("run", "--files", FILE)  # it lets a warning through, as the gate does, and shows it
    assert warned.returncode == 0 and "[ignore-without-reason]" in warned.stdout, warned.stdout + warned.stderr
    git(ours, "checkout", "-q", FILE)
    git(ours, "rm", "-q", "catalog/calendars/cn-office.yaml")  # nothing is staged but what is gone
    gone = pre_commit("run")
    assert gone.returncode == 1 and "unknown calendar 'cn-office'" in gone.stdout, gone.stdout + gone.stderr


@pytest.mark.parametrize("language", ["", ".zh"])
def test_the_hooks_of_the_documentation_run_at_a_commit_and_at_a_push(
    repository: Path, tmp_path: Path, language: str
) -> None:
    page = (ROOT / "docs" / "how-to" / f"gate-a-change{language}.md").read_text("utf-8")
    config = yaml.safe_load(page.split("# .pre-commit-config.yaml\n")[1].split("```")[0])
    there = {hook["id"]: hook for hook in read(".pre-commit-hooks.yaml")}
    (from_us,) = config["repos"]
    # As the page has it, but for where the hooks come from and how itsmctl gets there.
    local = [{**there[hook["id"]], **hook, "language": "system"} for hook in from_us["hooks"]]
    for hook in local:
        hook.pop("minimum_pre_commit_version")
    ours, remote = tmp_path / "ours", tmp_path / "remote"
    git(tmp_path, "clone", "-q", "--branch", "change", str(repository), str(ours))
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(remote))
    git(ours, "remote", "set-url", "origin", str(remote))
    wanted = {**config, "repos": [{"repo": "local", "hooks": local}]}
    (ours / ".pre-commit-config.yaml").write_text(yaml.safe_dump(wanted), "utf-8")
    place = environment(PRE_COMMIT_HOME=str(tmp_path / "kept"))

    def said(*command: str) -> str:
        run = subprocess.run(command, cwd=ours, env=place, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    said(sys.executable, "-m", "pre_commit", "install")
    git(ours, "add", "-A")
    committed = said("git", "commit", "-m", "Use the hooks")
    assert "itsmctl validate" in committed and "itsmctl gate" not in committed
    pushed = said("git", "push", "origin", "HEAD:refs/heads/elsewhere")
    assert "itsmctl gate" in pushed and "1 change" in pushed, pushed


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
    reviews = [
        {"user": {"login": "ada"}, "state": "APPROVED", "commit_id": git(repository, "rev-parse", "HEAD").strip()}
    ]
    gh(tmp_path, {"pulls/7/reviews": reviews})
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


HEAD, OLDER = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ([("APPROVED", HEAD)], True),
        ([("APPROVED", OLDER)], False),
        ([("APPROVED", HEAD), ("COMMENTED", HEAD)], True),
        ([("APPROVED", HEAD), ("CHANGES_REQUESTED", HEAD)], False),
        ([("CHANGES_REQUESTED", OLDER), ("APPROVED", HEAD)], True),
        ([("DISMISSED", HEAD)], False),
        ([("DISMISSED", OLDER), ("APPROVED", HEAD)], True),
    ],
)
def test_what_a_reviewer_said_last_of_the_last_commit_counts(
    said: list[tuple[str, str]], counts: bool, repository: Path, tmp_path: Path
) -> None:
    reviews = [{"user": {"login": "ada"}, "state": state, "commit_id": commit} for state, commit in said]
    nobody = [{"user": None, "state": "APPROVED", "commit_id": HEAD}]
    gh(tmp_path, {"pulls/7/reviews": nobody + reviews})
    noted = tmp_path / "itsmctl"
    noted.write_text(f'#!/usr/bin/env bash\nprintf "%s\\n" "$@" >"{tmp_path}/arguments"\n', "utf-8")
    noted.chmod(0o755)
    assert gate(repository, tmp_path, HEAD_COMMIT=HEAD).returncode == 0
    arguments = (tmp_path / "arguments").read_text("utf-8").splitlines()
    assert [who for flag, who in pairwise(arguments) if flag == "--approved-by"] == ["ada"] * counts


def test_a_base_whose_definitions_lay_elsewhere_is_compared_where_the_branch_left_it(
    repository: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "itsmctl"
    noted.write_text(f'#!/usr/bin/env bash\nprintf "%s\\n" "$@" >"{tmp_path}/arguments"\n', "utf-8")
    noted.chmod(0o755)
    assert gate(repository, tmp_path, ITSMCTL_BASE="main:old/place", ITSMCTL_APPROVALS="false").returncode == 0
    fork = git(repository, "merge-base", "main", "HEAD").strip()
    assert (tmp_path / "arguments").read_text("utf-8").splitlines()[:3] == ["gate", "--base", f"{fork}:old/place"]


def test_the_branch_that_the_event_names_is_compared_with(repository: Path, tmp_path: Path) -> None:
    """A job that a review began has no GITHUB_BASE_REF, and not every branch that people merge into is main."""
    ours = tmp_path / "ours"
    git(tmp_path, "clone", "-q", "-b", "change", str(repository), str(ours))
    git(ours, "push", "-q", "origin", "origin/main:refs/heads/develop")
    git(ours, "fetch", "-q")
    git(ours, "branch", "-rd", "origin/main")
    gh(tmp_path, {"pulls/7/reviews": []})
    done = gate(ours, tmp_path, ITSMCTL_BASE="", BASE_BRANCH="develop")
    assert done.returncode == 1 and "approval-missing" in done.stdout, done.stdout + done.stderr
    (step,) = (step for step in read("action.yml")["runs"]["steps"] if step.get("id") == "gate")
    assert step["env"]["BASE_BRANCH"].startswith("${{ github.event.pull_request.base.ref ")
    assert step["env"]["HEAD_COMMIT"] == "${{ github.event.pull_request.head.sha }}"


def gate(repository: Path, tools: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The script of the Action, as a job on a pull request runs it, with the programs in `tools` first in PATH."""
    job = environment(
        ITSMCTL_BASE="main", ITSMCTL_AS_OF="2026-06-30", ITSMCTL_APPROVALS="true", PULL_REQUEST="7",
        GITHUB_REPOSITORY="us/ours",
    )  # fmt: skip
    job = {**job, **settings, "PATH": f"{tools}{os.pathsep}{job['PATH']}"}
    return subprocess.run(["bash", str(ROOT / "ci" / "gate.sh")], cwd=repository, env=job, capture_output=True, text=True, check=False)  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"ITSMCTL_BASE": "nowhere"}, "no common history with nowhere"),
        ({"ITSMCTL_APPROVALS": "true", "GITHUB_REPOSITORY": "us/others"}, "cannot read the reviews"),
        ({"ITSMCTL_ROOT": "./README.md/"}, "README.md"),
    ],
)
def test_where_there_is_no_answer_none_stands_there(settings: dict[str, str], why: str, tmp_path: Path) -> None:
    """Neither that of the last push nor one that the pull request brings may be read as being about this change."""
    ours = repository_at(tmp_path / "ours", "change")
    (ours / "README.md").write_text("not a folder\n", "utf-8")
    forged = ours / "itsmctl-gate"
    forged.mkdir()
    (forged / "comment.md").write_text("<!-- itsmctl gate . -->\n## ✅ Nothing stands in the way\n", "utf-8")
    summary = tmp_path / "summary.md"
    gh(tmp_path, {"us/ours/pulls/7/reviews": []})
    done = gate(ours, tmp_path, **{"GITHUB_STEP_SUMMARY": str(summary), "ITSMCTL_LANG": "zh", **settings})
    assert (done.returncode, why in done.stderr) == (2, True), done.stdout + done.stderr
    name = settings.get("ITSMCTL_ROOT", ".").removeprefix("./").removesuffix("/")
    expected = f"<!-- itsmctl gate {name} -->\n## ❓ 没有答案\n\n无法判断本次变更：请查看作业日志。\n"
    assert (forged / "comment.md").read_text("utf-8") == summary.read_text("utf-8") == expected
    assert [path.name for path in forged.iterdir()] == ["comment.md"]


def gh(place: Path, answers: Mapping[str, Any]) -> Path:
    """A gh that answers by the end of the path that is asked for, through --jq, and notes every call that writes."""
    if not shutil.which("jq"):
        pytest.skip("jq, of which gh holds a copy, is not installed")
    script, notes = place / "gh", place / "written"
    script.write_text(f"#!{sys.executable}\n" + GH.format(answers=json.dumps(answers), notes=str(notes)), "utf-8")
    script.chmod(0o755)
    notes.touch()
    return notes


GH = """
import json, subprocess, sys
answers = json.loads({answers!r})
arguments = sys.argv[1:]
if "--method" in arguments:
    open({notes!r}, "a").write(" ".join(arguments) + chr(10))
    sys.exit("refused" in answers)
found = [answer for path, answer in answers.items() if any(one.endswith(path) for one in arguments)]
if not found:
    sys.exit("HTTP 403")
asked = ["jq", "-r", arguments[arguments.index("--jq") + 1]]
sys.exit(subprocess.run(asked, input=json.dumps(found[0]), text=True).returncode)
"""
MARKER = "<!-- itsmctl gate . -->"
VIEWER = {"data": {"viewer": {"login": "github-actions[bot]"}}}
POST, PATCH = "POST repos/us/ours/issues/7/comments", "PATCH repos/us/ours/issues/comments/41"


@pytest.mark.parametrize(
    ("known", "call"),
    [
        ([], POST),
        ([("github-actions[bot]", f"{MARKER}\n## old")], PATCH),
        ([("github-actions[bot]", f"{MARKER}\n## old")] * 2, PATCH),
        ([("github-actions[bot]", "<!-- itsmctl gate other -->")], POST),
        ([("mallory", f"{MARKER}\n## ✅")], POST),
    ],
)
def test_the_comment_is_written_once_and_then_kept_up_to_date(
    known: list[tuple[str, str]], call: str, tmp_path: Path
) -> None:
    comments = [{"id": 41 + n, "user": {"login": who}, "body": body} for n, (who, body) in enumerate(known)]
    notes = gh(tmp_path, {"graphql": VIEWER, "issues/7/comments": comments})
    done = comment_on(tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert notes.read_text("utf-8") == f"api --method {call} --field body=@{tmp_path / 'comment.md'} --silent\n"


@pytest.mark.parametrize(
    "answers", [{}, {"graphql": VIEWER}, {"graphql": VIEWER, "issues/7/comments": [], "refused": 1}]
)
def test_a_comment_that_may_not_be_written_fails_nothing(answers: dict[str, Any], tmp_path: Path) -> None:
    gh(tmp_path, answers)
    done = comment_on(tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("::notice title=itsmctl gate::the comment could not be written")


def comment_on(place: Path) -> subprocess.CompletedProcess[str]:
    comment = place / "comment.md"
    comment.write_text(f"{MARKER}\n## fine\n", "utf-8")
    job = environment(PULL_REQUEST="7", GITHUB_REPOSITORY="us/ours")
    job = {**job, "PATH": f"{place}{os.pathsep}{job['PATH']}"}
    return subprocess.run(["bash", str(ROOT / "ci" / "comment.sh"), str(comment)], env=job, capture_output=True, text=True, check=False)  # fmt: skip


# GitLab and the container


def test_the_gitlab_job_runs_and_leaves_the_reports_that_it_names(repository: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    git(tmp_path, "clone", "-q", str(repository), str(ours))
    template = read("ci/gitlab.yaml")
    job = template["itsmctl-gate"]
    variables = {key: str(value) for key, value in job["variables"].items()}
    place = environment(**variables, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    run_job = ["bash", "-euo", "pipefail", "-c", "\n".join(job["script"])]
    done = subprocess.run(run_job, cwd=ours, env=place, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith("Not to be merged")
    reports = job["artifacts"]["reports"].values()
    assert all((ours / name).is_file() for name in (*job["artifacts"]["paths"], *reports))
    assert template[job["extends"]]["variables"]["GIT_DEPTH"] == "0"
    lost = {**place, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "nowhere"}
    done = subprocess.run(run_job, cwd=ours, env=lost, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert not any((ours / name).exists() for name in (*job["artifacts"]["paths"], *reports))


def test_the_container_is_slim_and_not_root() -> None:
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if line and line[0] not in "# "]
    words = [line.split() for line in lines]
    assert [line[1] for line in words if line[0] == "FROM"] == ["python:3.12-slim"] * 2
    (user,) = [line[1] for line in words if line[0] == "USER"]
    assert int(user) > 0
    after = words[[line[0] for line in words].index("USER") :]
    assert not {line[0] for line in after} & {"RUN", "COPY", "ADD"}
    assert words[-2:] == [["ENTRYPOINT", '["itsmctl"]'], ["CMD", '["--help"]']]
