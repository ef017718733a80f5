"""`itsmctl assess fill`: answers from the keyboard and from a spreadsheet, into a file in which nothing else moves."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from xlsxwriter import Workbook

from itsmctl.assessment.answer_sheet import COLUMNS, read_answers
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.definitions.editing import document_of, with_entries
from itsmctl.errors import ItsmctlError, Where
from itsmctl.language import LANGUAGES, Language, tr
from itsmctl.model import Answer, Assessment, Text
from itsmctl.reference import reference_root
from itsmctl.sheets import read_sheets, text_of

NAME = "maturity-2026-h1"
FILE = f"audits/assessments/{NAME}.yaml"
HEADS = {key: number for number, key in enumerate(COLUMNS)}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference company as somebody's own files."""
    root = tmp_path_factory.mktemp("own")
    for folder in ("audits", "catalog", "policies", "roles"):
        shutil.copytree(reference_root() / folder, root / folder)
    return root


@pytest.fixture
def root(untouched: Path) -> Path:
    """The same, as it was at first."""
    shutil.copyfile(reference_root() / FILE, untouched / FILE)
    return untouched


def fill(root: Path, *arguments: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(group, ["assess", "fill", NAME, "--root", str(root), *map(str, arguments)], input=typed)


def answers(root: Path) -> Mapping[str, Answer]:
    return load(root).assessments[NAME].answers


def moved(root: Path) -> list[str]:
    """The lines that differ from those of the reference company."""
    was, is_ = (path.read_text(encoding="utf-8").splitlines() for path in (reference_root() / FILE, root / FILE))
    return [line for line in is_ if line not in was]


def sheet(path: Path, language: Language = "en") -> list[list[str]]:
    return [[text_of(cell) for cell in line] for line in read_sheets(path)[tr("Answers", language)]]


def save(path: Path, lines: list[list[str]], *, assessment: str = NAME) -> Path:
    """The sheet as somebody's spreadsheet program would save it: other formats, another order of sheets, the same texts."""
    book = Workbook(str(path))
    about, answered = book.add_worksheet("About"), book.add_worksheet("Answers")
    about.write_string(0, 0, "assessment")
    about.write_string(0, 1, assessment)
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            answered.write_string(number, place, cell)
    book.close()
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_that_nobody_touched_changes_nothing(root: Path, tmp_path: Path, language: Language) -> None:
    path = tmp_path / "answers.xlsx"
    assert fill(root, "--to", path, "--lang", language).exit_code == 0
    lines = sheet(path, language)
    assert len(lines) == 70
    assert all(lines[place][HEADS["other"]] != lines[place][HEADS["question"]] for place in range(1, 70))
    back = fill(root, "--from", path)
    assert back.exit_code == 0
    assert (root / FILE).read_bytes() == (reference_root() / FILE).read_bytes()


def test_what_was_filled_in_comes_back_as_it_was_meant_and_no_other_line_moves(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    fill(root, "--to", path)
    lines = sheet(path)
    rows = {line[HEADS["criterion"]]: line for line in lines}
    odd = '=HYPERLINK("x"), {a: b} # "quoted" \\ 引号\nsecond line'
    rows["MM.L3.PRC.2"][HEADS["answer"] :] = ["fully", "Zhao Lei 赵磊", "2026-06-20", odd, "", "rule: INC-03\nprocess: incident\ndocument: Log || 日志"]  # fmt: skip
    rows["MM.L3.TRT.1"][HEADS["answer"]] = ""
    back = fill(root, "--from", save(path, lines))
    assert back.exit_code == 0, back.output
    assert "1 answer written, 1 taken back" in back.output
    found = answers(root)
    assert "MM.L3.TRT.1" not in found
    answer = found["MM.L3.PRC.2"]
    assert (answer.rating, answer.by, str(answer.on)) == ("F", "Zhao Lei 赵磊", "2026-06-20")
    assert answer.note == Text(odd)
    assert [(one.kind, one.id, one.document) for one in answer.evidence] == [
        ("rule", "INC-03", Text()),
        ("process", "incident", Text()),
        ("document", "", Text("Log", "日志")),
    ]
    assert len(moved(root)) == 1
    assert sum(name not in found for name in load(None).assessments[NAME].answers) == 1
    # Written out once more and read in, this changes nothing.
    again = tmp_path / "again.xlsx"
    fill(root, "--to", again)
    before = (root / FILE).read_bytes()
    assert fill(root, "--from", again).exit_code == 0
    assert (root / FILE).read_bytes() == before


def test_an_answer_taken_back_can_be_given_again_where_it_stood(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    fill(root, "--to", path)
    lines = sheet(path)
    fill(root, "--from", save(tmp_path / "less.xlsx", [[*line[: HEADS["answer"]], *[""] * 6] if line[0] == "MM.L3.PRC.2" else line for line in lines]))  # fmt: skip
    assert "MM.L3.PRC.2" not in answers(root)
    assert fill(root, "--from", path).exit_code == 0
    assert (root / FILE).read_text(encoding="utf-8") == (reference_root() / FILE).read_text(encoding="utf-8")


def test_no_cell_of_the_workbook_can_run(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    text = (root / FILE).read_text(encoding="utf-8")
    hostile = '=cmd|" /C calc"!A0'
    (root / FILE).write_text(text.replace("zh: 值班轮流后有所减少。", f"zh: '{hostile}'"), encoding="utf-8")
    assert fill(root, "--to", path).exit_code == 0
    assert any(hostile in line for line in sheet(path))
    with zipfile.ZipFile(path) as archive:
        xml = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/"))
    assert "<f>" not in xml


def test_everything_that_is_wrong_is_told_by_row_and_column_and_nothing_is_written(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    fill(root, "--to", path)
    lines = sheet(path)
    lines[1][HEADS["criterion"]] = "MM.L1.TRT.11"
    lines[2][HEADS["answer"]] = "fuly"
    lines[3][HEADS["on"]] = "30.6.2026"
    lines[4][HEADS["by"]] = "Zhao Lei"
    lines[5][HEADS["evidence"]] = "rulle: INC-03"
    lines[6][HEADS["evidence"]] = "rule: INC-003"
    lines[7][HEADS["criterion"]] = lines[2][HEADS["criterion"]]
    with pytest.raises(ItsmctlError) as found:
        definitions = load(root)
        assessment = definitions.assessments[NAME]
        read_answers(save(path, lines), assessment, definitions.questionnaires["maturity"], definitions)
    told = [(p.code, p.where.row, p.where.column_name, p.suggestion) for p in found.value.problems]
    assert told == [
        ("unknown-criterion", 2, "Criterion", "MM.L1.TRT.1"),
        ("unknown-answer", 3, "Answer", "F"),
        ("bad-day", 4, "Given on", ""),
        ("unknown-person", 5, "Given by", "Zhao Lei 赵磊"),
        ("bad-evidence", 6, "Evidence, one to a line", "rule"),
        ("unknown-rule", 7, "Evidence, one to a line", "INC-03"),
        ("criterion-twice", 8, "Criterion", ""),
    ]
    assert moved(root) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda lines: lines[0].__setitem__(HEADS["answer"], "Anwser"), "column-missing"),
        (lambda lines: lines.clear(), "column-missing"),
    ],
)
def test_a_sheet_without_its_columns_is_refused(root: Path, tmp_path: Path, change: object, code: str) -> None:
    path = tmp_path / "answers.xlsx"
    fill(root, "--to", path)
    lines = sheet(path)
    assert callable(change)
    change(lines)
    result = fill(root, "--from", save(path, lines))
    assert isinstance(result.exception, ItsmctlError)
    assert result.exception.problems[0].code == code


def test_the_answers_of_another_assessment_are_refused(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    fill(root, "--to", path)
    result = fill(root, "--from", save(path, sheet(path), assessment="maturity-2025-h2"))
    assert isinstance(result.exception, ItsmctlError)
    assert "another assessment: 'maturity-2025-h2'" in str(result.exception)
    assert fill(root, "--to", path).exception is not None, "a workbook that may be filled in is never written over"


def test_the_keyboard_answers_keeps_goes_back_takes_back_and_stops(root: Path) -> None:
    keys = ["F", "Zhao Lei 赵磊", "good", "", "<", "P", "", "", "-", "."]
    result = fill(root, "--at", "mm.l3.prc.1", typed="\n".join(keys) + "\n")
    assert result.exit_code == 0, result.output
    found, was = answers(root), load(None).assessments[NAME].answers
    # The first is answered; the second kept, gone back to, answered by the same person; the third is taken back.
    assert found["MM.L3.PRC.1"] == Answer("F", was["MM.L3.PRC.1"].evidence, "Zhao Lei 赵磊", None, Text("good", "good"))
    assert found["MM.L3.PRC.2"].rating == "P"
    assert found["MM.L3.PRC.2"].by == "Zhao Lei 赵磊"
    assert "MM.L3.PRC.3" not in found
    assert found["MM.L3.PRC.4"] == was["MM.L3.PRC.4"]
    assert len(moved(root)) == 2


def test_the_form_says_in_both_languages_what_is_asked_and_what_the_answer_may_be(root: Path) -> None:
    for language in LANGUAGES:
        shown = fill(root, "--at", "MM.L3.PRC.3", "--lang", language, typed="?\n.\n").output
        for text in ("Good records of execution and result", "有良好的流程过程及结果记录", "DQ-08", "98%"):
            assert text in shown
        assert [step in shown for step in ("N ", "P ", "L ", "F ")] == [True] * 4
        assert moved(root) == []


def test_a_word_that_is_no_answer_is_asked_again_with_the_nearest(root: Path) -> None:
    result = fill(root, "--at", "MM.L3.PRC.2", typed="larg\nlargely\nZhao Le\n\n\n.\n")
    assert "did you mean L?" in result.output
    assert "did you mean Zhao Lei 赵磊?" in result.output
    assert answers(root)["MM.L3.PRC.2"].by == "Zhao Lei 赵磊"


def test_an_interrupted_form_writes_nothing(root: Path) -> None:
    result = fill(root, "--at", "MM.L3.PRC.2", typed="F\n\n\n")
    assert result.exit_code != 0
    assert moved(root) == []


def test_it_begins_with_the_first_open_question_so_that_work_can_be_taken_up_again(root: Path) -> None:
    text = (root / FILE).read_text(encoding="utf-8")
    (root / FILE).write_text(re.sub(r"\n  MM\.L4\.PRC\.2:[^\n]*", "", text), encoding="utf-8")
    result = fill(root, typed="L\n\n\n.\n")
    assert "MM.L4.PRC.2" in result.output
    assert "MM.L4.PRC.1 ·" not in result.output
    names = list(answers(root))
    assert names.index("MM.L4.PRC.2") == names.index("MM.L4.PRC.1") + 1


def _edited(text: str, entries: Mapping[str, str | None], order: tuple[str, ...] = ()) -> str:
    document = document_of(text, Where("x.yaml"), "assessment", "a")
    return with_entries(text, document, "answers", entries, order)


HEAD = "# first\nkind: assessment\nid: a\n"


@pytest.mark.parametrize(
    ("answers_", "entries", "wanted"),
    [
        ("  A: {r: 1}  # why\n  B: {r: 2}\n", {"A": "{r: 3}"}, "  A: {r: 3}  # why\n  B: {r: 2}\n"),
        ("  A:\n    r: 1\n    # inside\n  # about B\n  B: {r: 2}\n", {"A": "{r: 3}"}, "  A:\n    {r: 3}\n    # inside\n  # about B\n  B: {r: 2}\n"),
        ("  # about A\n  A: {r: 1}\n  B: {r: 2}\n", {"A": None}, "  # about A\n  B: {r: 2}\n"),
        ("  A: {r: 1}\n  C: {r: 2}\n", {"B": "{r: 3}"}, "  A: {r: 1}\n  B: {r: 3}\n  C: {r: 2}\n"),
        ("  B: {r: 1}", {"A": "{r: 0}", "C": "{r: 3}"}, "  A: {r: 0}\n  B: {r: 1}\n  C: {r: 3}\n"),
        ("  A: |\n    text\n\n  C: x\n", {"B": "y"}, "  A: |\n    text\n\n  B: y\n  C: x\n"),
        ("  A: 值 # 注\r\n  B: 2\r\n", {"C": "3", "A": "新"}, "  A: 新 # 注\r\n  B: 2\r\n  C: 3\r\n"),
    ],
)  # fmt: skip
def test_an_entry_is_edited_where_it_stands(answers_: str, entries: Mapping[str, str | None], wanted: str) -> None:
    tail = "" if not answers_.endswith("\n") else "last: 1\n"
    assert _edited(f"{HEAD}answers:\n{answers_}{tail}", entries, ("A", "B", "C")) == f"{HEAD}answers:\n{wanted}{tail}"


@pytest.mark.parametrize(
    "answers_", [" {A: {r: 1}, B: {r: 2}}\n", "\n  A: &x {r: 1}\n  B: *x\n", "\n  ? A\n  : {r: 1}\n"]
)
def test_what_cannot_be_edited_in_place_is_refused_not_rewritten(answers_: str) -> None:
    with pytest.raises(ItsmctlError) as found:
        _edited(f"{HEAD}answers:{answers_}", {"A": "{r: 3}", "C": None, "B": "{r: 9}"} | ({"A": None} if "?" in answers_ else {}))  # fmt: skip
    assert found.value.problems[0].code == "cannot-edit"


def test_assess_alone_is_assess_show() -> None:
    ask = CliRunner().invoke
    assert ask(group, ["assess", "maturity"]).stdout == ask(group, ["assess", "show", "maturity"]).stdout
    assert "Usage: itsmctl assess" in ask(group, ["assess", "--help"], prog_name="itsmctl").stdout


def test_the_sheet_of_an_assessment_without_answers_is_whole(tmp_path: Path) -> None:
    from assessment_case import assessment, criterion, questionnaire, system

    from itsmctl.assessment.rating import rate
    from itsmctl.assessment.shown import Shown
    from itsmctl.reports.answer_sheet import workbook

    model = questionnaire([criterion("C.1", "D", 1), criterion("C.2", "D", 2, symptom=True)])
    empty: Assessment = assessment({})
    path = tmp_path / "answers.xlsx"
    path.write_bytes(workbook(empty, model, rate(empty, model, Shown()), "en"))
    assert read_answers(path, empty, model, system([model], [empty])) == {}
    assert [line[HEADS["limits"]] for line in sheet(path)[1:]] == ["", "a symptom: asked about, never counted"]
