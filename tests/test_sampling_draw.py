"""A sample from the population to the conclusion: fixed before the seed, drawn again by coreutils, read back from both papers."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import first_sheet
from xlsxwriter import Workbook

from itsmctl.cli import run
from itsmctl.errors import ItsmctlError, Where
from itsmctl.letters import composed
from itsmctl.reports.plain import cells
from itsmctl.reports.sampling.drawn import fixed_text
from itsmctl.reports.sampling.folder import draw_into, fix
from itsmctl.reports.sampling.paper import paper, yaml_scalar
from itsmctl.reports.sampling.workbook import workbook
from itsmctl.sampling.allocating import allocate, is_proportional
from itsmctl.sampling.answers import Answer, Paper, Part, Result, answers
from itsmctl.sampling.drawing import Drawn, check_seed, draw, recipe
from itsmctl.sampling.evaluating import Evaluation, best_limit, evaluate
from itsmctl.sampling.fixed import drawn_rows, read_paper
from itsmctl.sampling.frame import Frame
from itsmctl.sampling.limits import upper_limit
from itsmctl.sampling.planning import Purpose, sample_from, with_seed
from itsmctl.sampling.population import Population, escape, population_of, read_population, unescape
from itsmctl.sampling.reading_xlsx import read_workbook
from itsmctl.sampling.sample import Sample, fingerprint_of
from itsmctl.sampling.sizing import Aim
from itsmctl.source import parse_documents

HOSTILE = (
    "INC,1", "INC\n2", "=1+1", "+49 30", "-n", "@SUM(A1)", "工单 三", "a\\nb", "\tx", "%s", "\x01\x7f", " lead", "trail ", '"q"', "it's",
    "\\", "\\0101", "€" * 3, "_x0041_", "1e3", "0o17", "true", "null", "2026-03-10", "007", "12.0", "x\u2028y", "\u0085", "\ufeffb", "~", "#",
    "a: b", "- c", "{d}",
)  # fmt: skip
"""Names of records that a shell, YAML or a spreadsheet could take for something else."""
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Ask:
    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def aim(tolerable: str = "0.05", method: str = "hypergeometric", allowed: int = 0) -> Aim:
    return Aim(method, Fraction("0.95"), Fraction(tolerable), allowed=allowed)  # type: ignore[arg-type]


def sampled(
    population: Population, wanted: Aim | None = None, allocation: str = "proportional", minimum: int = 1
) -> Sample:
    frame = Frame(population, "d" * 64, population.size + 5, ("2026-01-01T00:00:00Z", "2026-03-31T00:00:00Z"), ())
    purpose = Purpose("目标 objective", "", "INC-16", "rule INC-16", allocation, minimum)  # type: ignore[arg-type]
    return sample_from(frame, wanted or aim(), purpose)


def numbered(n: int, stratum: str = "all", prefix: str = "INC") -> list[tuple[str, str]]:
    return [(f"{prefix}{number:05}", stratum) for number in range(n)]


def drawn_folder(folder: Path, population: Population, wanted: Aim | None = None, language: str = "en") -> Path:
    fix(sampled(population, wanted), population, folder, language)  # type: ignore[arg-type]
    draw_into(folder, "4711", "dice", "", language)  # type: ignore[arg-type]
    return folder


# The population


def test_the_population_does_not_depend_on_the_order_of_rows() -> None:
    units = [(name, "a" if number % 3 else "乙") for number, name in enumerate(HOSTILE)]
    one, other = population_of(units, ["T2", "T1"]), population_of(reversed(units), ["T1", "T2"])
    assert one == other
    assert one.digest == hashlib.sha256(one.text.encode()).hexdigest()
    assert read_population(one.text, one.targeted_text) == one


@given(st.text())
def test_a_name_survives_its_line(name: str) -> None:
    name = name.encode("utf-8", "ignore").decode()
    line = escape(name)
    assert not set(line) & {"\n", "\r", "\t", "\0"}
    assert unescape(line) == name


def test_a_record_cannot_be_in_the_population_twice() -> None:
    with pytest.raises(ItsmctlError, match=r"'INC1' stands in the population more than once, .*\[unit-twice\]"):
        population_of([("INC1", "a"), ("INC1", "b")])
    with pytest.raises(ItsmctlError, match="unit-twice"):
        population_of([("INC1", "a")], ["INC1"])


# The draw


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_coreutils_draw_the_same(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell) or not shutil.which("sha256sum"):
        pytest.skip("no shell with coreutils")
    units = [(name, "a" if number % 3 else "乙\t2") for number, name in enumerate(HOSTILE)]
    population = population_of([*units, *numbered(40, "b")])
    sizes = allocate(30, [len(some) for _, some in population.strata], "proportional", 1)
    (tmp_path / "population.tsv").write_bytes(population.text.encode())
    seed = "it's 种子 $HOME %s"
    done = subprocess.run([shell, "-c", recipe(seed, sizes)], cwd=tmp_path, capture_output=True, check=True)
    lines = done.stdout.decode().split("\n")[:-1]
    drawn, _ = draw(population, seed, sizes)
    assert [unescape(line.split("\t")[2]) for line in lines] == [one.unit for one in drawn]
    assert len(drawn) == 30
    assert [path.name for path in tmp_path.iterdir()] == ["population.tsv"]


def test_another_seed_or_another_population_gives_another_draw() -> None:
    population = population_of(numbered(200))
    one = [d.unit for d in draw(population, "1", (20,))[0]]
    assert one == [d.unit for d in draw(population, "1", (20,))[0]]
    assert one != [d.unit for d in draw(population, "2", (20,))[0]]
    assert one != [d.unit for d in draw(population_of(numbered(201)), "1", (20,))[0]]


def test_reserves_are_the_next_in_rank() -> None:
    population = population_of(numbered(50))
    drawn, reserves = draw(population, "x", (10,))
    assert [d.unit for d in draw(population, "x", (13,))[0]] == [d.unit for d in (*drawn, *reserves)]


@pytest.mark.parametrize("seed", ["", " ", "a\nb", " a", "x" * 201, "\u202e1"])
def test_a_seed_must_be_something_to_write_down(seed: str) -> None:
    with pytest.raises(ItsmctlError, match="bad-seed"):
        check_seed(seed)


# Strata


def test_allocation_by_the_largest_remainder() -> None:
    assert allocate(59, [500, 300, 200], "proportional", 1) == (29, 18, 12)
    assert allocate(10, [3, 3, 100], "equal", 0) == (3, 3, 4)
    assert allocate(59, [10, 10, 980], "proportional", 1) == (1, 1, 58)
    assert allocate(5, [1, 1, 1], "proportional", 2) == (1, 1, 1)


@settings(max_examples=200)
@given(st.integers(1, 300), st.lists(st.integers(1, 200), min_size=1, max_size=8), st.integers(0, 4))
def test_an_allocation_gives_all_and_never_more_than_there_is(n: int, sizes: list[int], minimum: int) -> None:
    for allocation in ("proportional", "equal"):
        drawn = allocate(n, sizes, allocation, minimum)  # type: ignore[arg-type]
        assert all(min(minimum, size) <= d <= size for d, size in zip(drawn, sizes, strict=True))
        assert sum(drawn) >= min(n, sum(sizes))
        assert sum(allocate(n, sizes, allocation, 0)) == min(n, sum(sizes))  # type: ignore[arg-type]


# Papers


def marked(rows: Mapping[str, object], results: Mapping[str, str], default: str = "pass") -> None:
    """Fill in a YAML paper in memory."""
    for part in ("units", "targeted"):
        for row in rows[part]:  # type: ignore[attr-defined]
            row |= {"result": results.get(row["unit"], default), "examiner": "徐静", "date": "2026-03-10"}


def filled_yaml(folder: Path, results: Mapping[str, str] = {}, default: str = "pass") -> Path:  # noqa: B006
    path = folder / "working-paper.yaml"
    (document,) = parse_documents(path.read_text("utf-8"), "p")
    assert isinstance(document.data, dict)
    marked(document.data, results, default)
    path.write_text(json.dumps(document.data), encoding="utf-8")
    return path


def sheets_of(path: Path) -> dict[str, list[list[object]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    return {name: list(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names}


def save(path: Path, sheets: Mapping[str, list[list[object]]]) -> Path:
    """A workbook as another program would save it."""
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(lines):
                for place, cell in enumerate(line):
                    if cell != "":
                        sheet.write(number, place, cell)
    return path


def filled_xlsx(folder: Path, results: Mapping[str, str] = {}, default: str = "pass") -> Path:  # noqa: B006
    path = folder / "working-paper.xlsx"
    sheets = sheets_of(path)
    for name, lines in sheets.items():
        if name in ("Sample", "Targeted", "样本", "专项"):
            for line in lines[1:]:
                if line[0]:
                    line[3] = results.get(str(line[0]), default)
    return save(path, sheets)


def test_hostile_names_come_back_from_both_papers(tmp_path: Path) -> None:
    population = population_of([(name, "x" if n % 2 else "=1+1") for n, name in enumerate(HOSTILE)], ["=T", "目标\n2"])
    folder = drawn_folder(tmp_path / "s", population, aim("0.03", "binomial"))
    for path in (filled_yaml(folder), filled_xlsx(folder)):
        read, rows = read_paper(path)
        found = answers(read.paper, rows)
        assert sorted(a.unit for a in found["units"]) == sorted(HOSTILE)
        assert sorted(a.unit for a in found["targeted"]) == ["=T", "目标\n2"]
        assert evaluate(read.sample, found).whole.conclusion == "supported"


def test_no_cell_of_the_workbook_is_a_formula(tmp_path: Path) -> None:
    population = population_of([("=cmd|' /C calc'!A0", "=HYPERLINK(1)"), ("@a", "+1")])
    sample = with_seed(sampled(population), "=1+1", "=2")
    content = workbook(sample, drawn_rows(sample, population), "zh")
    path = tmp_path / "w.xlsx"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 6
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]
    assert all('state="frozen"' in sheet and "<autoFilter" in sheet for sheet in sheets)
    assert list(sheets_of(path)) == ["样本", "备选", "专项", "计划", "分层", "重新抽取"]


def test_the_same_sample_gives_the_same_bytes() -> None:
    population = population_of(numbered(300))
    sample = with_seed(sampled(population), "4711", "dice")
    rows = drawn_rows(sample, population)
    assert workbook(sample, rows, "en") == workbook(sample, rows, "en")
    assert paper(sample, rows, "en") == paper(sample, rows, "en")


@given(st.text())
def test_every_text_survives_yaml(text: str) -> None:
    text = composed(text.encode("utf-8", "ignore").decode())  # as what is read is
    (document,) = parse_documents(f"a: {yaml_scalar(text)}\n", "t")
    assert document.data == {"a": text}


def test_office_opens_the_workbook(tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(30)), aim("0.2"))
    text = first_sheet(folder / "working-paper.xlsx", tmp_path)
    assert text.startswith("Record,Stratum,Rank,Result")
    assert "INC000" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workbook_filled_in_by_hand(language: str, tmp_path: Path) -> None:
    """Dates as dates, results in the other language and in capitals, a column of one's own, columns moved, a blank row."""
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60), ["T1"]), aim("0.2"), language)
    path = folder / "working-paper.xlsx"
    sheets = sheets_of(path)
    for lines in list(sheets.values())[:3]:
        for number, line in enumerate(lines):
            line.insert(0, "my notes" if number == 0 else "x" if line[0] else "")
            if number and line[1]:
                line[4] = ("PASS", "通过", "Pass ")[number % 3]
        lines.append([""] * 9)
    for line in list(sheets.values())[1][1:]:
        line[4] = ""
    save(path, sheets)
    read, rows = read_paper(path)
    found = evaluate(read.sample, answers(read.paper, rows))
    assert (found.whole.deviations, found.targeted, found.whole.conclusion) == (0, 1, "supported")


# What is wrong with a paper


def complaints(path: Path, *, close: bool = False) -> list[tuple[str, str, str]]:
    with pytest.raises(ItsmctlError) as caught:
        read, rows = read_paper(path)
        evaluate(read.sample, answers(read.paper, rows), close=close)
    return [(p.code, str(p.where).rpartition("/")[2], p.suggestion) for p in caught.value.problems]


def test_rows_that_are_missing_unknown_or_doubled_are_told_by_sheet_and_row(tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    path = filled_xlsx(folder)
    sheets = sheets_of(path)
    lines = sheets["Sample"]
    gone, renamed, again = (str(lines[n][0]) for n in (1, 2, 3))
    lines[2][0] = f"{renamed}O"
    lines[4][0] = again
    fourth = [
        r.unit for r in drawn_rows(*(lambda r: (r[0].sample, population_of(numbered(60))))(read_paper(path)))["units"]
    ][3]
    del lines[1]
    save(path, sheets)
    assert complaints(path) == [
        ("not-drawn", "working-paper.xlsx [Sample]: row 2, column Record", renamed),
        ("row-twice", "working-paper.xlsx [Sample]: row 3, column Record", ""),
        ("row-twice", "working-paper.xlsx [Sample]: row 4, column Record", ""),
        ("row-missing", "working-paper.xlsx [Sample]", ""),
        ("row-missing", "working-paper.xlsx [Sample]", ""),
        ("row-missing", "working-paper.xlsx [Sample]", ""),
    ]
    with pytest.raises(ItsmctlError) as caught:
        read, rows = read_paper(path)
        answers(read.paper, rows)
    missing = {p.values["unit"] for p in caught.value.problems if p.code == "row-missing"}
    assert missing == {gone, renamed, fourth}


def test_words_that_mean_nothing_are_told_with_the_nearest_one(tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    path = filled_xlsx(folder)
    sheets = sheets_of(path)
    lines = sheets["Sample"]
    lines[1][3], lines[2][3], lines[3][5] = "devation", "replaced", "10.3.26"
    save(path, sheets)
    assert complaints(path) == [
        ("unknown-result", "working-paper.xlsx [Sample]: row 2, column Result", "deviation"),
        ("no-reason", "working-paper.xlsx [Sample]: row 3, column Remark", ""),
        ("bad-day", "working-paper.xlsx [Sample]: row 4, column Date", ""),
    ]


def test_a_paper_in_yaml_tells_line_and_column(tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    path = folder / "working-paper.yaml"
    text = path.read_text("utf-8").replace("    result:\n", "    result: pass\n")
    first = text.index("    result: pass\n")
    line = text[:first].count("\n") + 1
    wrong = text[:first] + text[first:].replace("    result: pass\n", "    result: pas\n", 1)
    path.write_text(wrong, encoding="utf-8")
    assert complaints(path)[:1] == [("unknown-result", f"working-paper.yaml:{line}:13", "pass")]
    path.write_text(text.replace("    examiner:\n", "    examinor:\n", 1), encoding="utf-8")
    (problem,) = complaints(path)
    assert (problem[0], problem[2]) == ("unknown-key", "examiner")


def test_missing_sheets_and_columns_are_told(tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    path = filled_xlsx(folder)
    sheets = sheets_of(path)
    save(path, {("Sampel" if name == "Sample" else name): lines for name, lines in sheets.items()})
    assert complaints(path) == [("sheet-missing", "working-paper.xlsx", "Sampel")]
    renamed = {
        **sheets,
        "Sample": [["Record", "Stratum", "Rank", "Resutl", *sheets["Sample"][0][4:]], *sheets["Sample"][1:]],
    }
    save(path, renamed)
    assert complaints(path) == [("column-missing", "working-paper.xlsx [Sample]: row 1", "Resutl")]
    path.write_bytes(b"no workbook")
    assert complaints(path)[0][0] == "not-a-workbook"


def test_the_paper_of_another_sample_is_refused(tmp_path: Path) -> None:
    one = drawn_folder(tmp_path / "a", population_of(numbered(60)), aim("0.2"))
    other = drawn_folder(tmp_path / "b", population_of(numbered(61)), aim("0.2"))
    shutil.copy(one / "working-paper.xlsx", other)
    assert complaints(other / "working-paper.xlsx")[0][0] == "other-sample"


@pytest.mark.parametrize("file", ["population.tsv", "targeted.tsv"])
def test_an_edited_population_is_refused(file: str, tmp_path: Path, ask: Ask) -> None:
    population = population_of(numbered(60), ["T1", "T2"])
    folder = tmp_path / "s"
    fix(sampled(population), population, folder, "en")
    lines = (folder / file).read_bytes().splitlines(keepends=True)
    (folder / file).write_bytes(b"".join(lines[1:]))
    code, out, err = ask("sample", "draw", folder, "--seed", "1", "--seed-origin", "dice")
    assert (code, out, "[population-altered]" in err, f"{file}:" in err) == (2, "", True, True)
    assert sorted(p.name for p in folder.iterdir()) == ["population.tsv", "sample.yaml", "targeted.tsv"]


@pytest.mark.parametrize(
    ("old", "new"), [("confidence: 95", "confidence: 90"), ("records: 60", "records: 59"), ("allowed: 0", "allowed: 3")]
)
def test_a_plan_changed_after_the_draw_is_refused(old: str, new: str, tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    path = filled_xlsx(folder)
    yaml_path = folder / "working-paper.yaml"
    yaml_path.write_text(yaml_path.read_text("utf-8").replace(old, new), encoding="utf-8")
    assert complaints(path)[0][0] == "sample-altered"


@pytest.mark.parametrize(
    ("old", "new"),
    [("records", 13), ("stratum", "some"), ("targeted-records", 1)],
)
def test_strata_that_are_not_those_of_the_population_are_refused(
    old: str, new: object, tmp_path: Path, ask: Ask
) -> None:
    """Of a population that is said to be as small as its sample, everything would be known."""
    population = population_of(numbered(60), ["T1", "T2"])
    folder = drawn_folder(tmp_path / "s", population, aim("0.2"))
    filled_yaml(folder)
    seal: Any = None
    for name in ("sample.yaml", "working-paper.yaml"):
        (document,) = parse_documents((folder / name).read_text("utf-8"), name)
        data: Any = document.data
        if seal is None:
            place = data["population"] if old == "targeted-records" else data["strata"][0]
            assert old in place
            place[old] = new
            seal = {key: data[key] for key in ("population", "strata")}
        data |= seal
        data["fingerprint"] = fingerprint_of(data)
        (folder / name).write_text(json.dumps(data), encoding="utf-8")
    code, out, err = ask("sample", "evaluate", folder / "working-paper.yaml")
    assert (code, out, "[sample-altered]" in err) == (2, "", True)
    assert "all 60" in err


def test_a_digest_written_down_must_be_that_of_the_population(tmp_path: Path, ask: Ask) -> None:
    population = population_of(numbered(60))
    fix(sampled(population), population, tmp_path / "s", "en")
    seeded = ("sample", "draw", tmp_path / "s", "--seed", "1", "--seed-origin", "dice", "--digest")
    code, _, err = ask(*seeded, "0" * 64)
    assert (code, "[other-population]" in err) == (2, True)
    assert ask(*seeded, population.digest)[0] == 0
    code, _, err = ask(*seeded, population.digest)
    assert (code, "[drawn-already]" in err) == (2, True)


# Evaluation


def evaluated(
    population: Population, results: Mapping[str, str], wanted: Aim | None = None, allocation: str = "proportional",
    minimum: int = 1, close: bool = False,
) -> Evaluation:  # fmt: skip
    sample = with_seed(sampled(population, wanted, allocation, minimum), "4711", "dice")
    rows = drawn_rows(sample, population)
    (document,) = parse_documents(paper(sample, rows, "en"), "p")
    assert isinstance(document.data, dict)
    from itsmctl.sampling.reading_yaml import _rows

    marked(document.data, results)
    places = {part: document.where() for part in rows}
    read = Paper(tuple(row for part in rows for row in _rows(document, part)), places)
    return evaluate(sample, answers(read, rows), close=close)


def units_of(population: Population, wanted: Aim | None = None) -> list[str]:
    sample = with_seed(sampled(population, wanted), "4711", "dice")
    return [row.unit for row in drawn_rows(sample, population)["units"]]


def test_one_stratum_is_the_oracle() -> None:
    population = population_of(numbered(1000))
    units = units_of(population)
    assert len(units) == 57
    for deviations, percent in ((0, "4.9"), (1, "7.8"), (2, "10.4"), (3, "12.8")):
        found = evaluated(population, dict.fromkeys(units[:deviations], "deviation"))
        assert f"{float(found.whole.limit * 100):.1f}" == percent
        assert found.whole.at_most == found.whole.limit * 1000
        assert found.whole.rate == Fraction(deviations, 57)
        assert found.whole.conclusion == ("supported", "inconclusive", "inconclusive", "not-supported")[deviations]
    inconclusive = evaluated(population, {units[0]: "deviation"})
    assert inconclusive.sample_would_do == 90


def test_what_was_not_examined_counts_as_a_deviation() -> None:
    population = population_of(numbered(1000))
    units = units_of(population)
    found = evaluated(population, {units[0]: "not examined", units[1]: "deviation"})
    assert (found.whole.deviations, [a.unit for a in found.not_examined]) == (2, [units[0]])
    assert [a.unit for a in found.deviating] == [units[1]]
    assert found.whole.projected == Fraction(2, 57) * 1000


def test_an_empty_answer_is_refused_unless_the_paper_is_closed() -> None:
    population = population_of(numbered(1000), ["T1"])
    units = units_of(population)
    with pytest.raises(ItsmctlError) as caught:
        evaluated(population, {units[5]: "", "T1": ""})
    assert [p.code for p in caught.value.problems] == ["no-answer", "no-answer"]
    for empty, told in ((10, 10), (11, 11), (13, 11)):
        with pytest.raises(ItsmctlError) as caught:
            evaluated(population, dict.fromkeys(units[:empty], ""))
        problems = caught.value.problems
        assert len(problems) == told
        assert [p.values["n"] for p in problems if "n" in p.values] == ([empty - 10] if empty > 10 else [])
    found = evaluated(population, {units[5]: "", "T1": ""}, close=True)
    assert ([a.unit for a in found.not_examined], [a.unit for a in found.targeted_deviating]) == ([units[5]], ["T1"])


def test_targeted_records_are_not_projected() -> None:
    population = population_of(numbered(1000), ["T1", "T2"])
    found = evaluated(population, {"T1": "deviation"})
    assert (found.whole.rate, found.whole.records, found.whole.conclusion) == (0, 1000, "supported")
    assert ([a.unit for a in found.targeted_deviating], found.targeted) == (["T1"], 2)


def test_strata_by_their_shares_are_one_draw_and_others_are_summed() -> None:
    population = population_of([*numbered(600, "a", "A"), *numbered(400, "b", "B")])
    shares = evaluated(population, {})
    assert (shares.basis, f"{float(shares.whole.limit * 100):.1f}") == ("one draw", "4.9")
    equal = evaluated(population, {}, allocation="equal")
    risk = Fraction(5, 100) / 2
    by_hand = sum(
        upper_limit("hypergeometric", one.examined, 0, risk, one.records) * one.records for one in equal.strata
    )
    assert (equal.basis, equal.whole.limit) == ("sum of strata", by_hand / 1000)
    assert equal.whole.limit > shares.whole.limit
    assert not is_proportional([one.examined for one in equal.strata], [600, 400])


def test_that_the_strata_keep_it_from_being_supported_is_told_before_the_draw() -> None:
    """One record more for a stratum of three makes the others fall short of their shares, and no deviation is few enough."""
    apart = population_of([*numbered(3, "a", "A"), *numbered(247, "b", "B"), *numbered(2750, "c", "C")])
    for population, told in ((apart, True), (population_of(numbered(3000)), False)):
        sample = sampled(population)
        text = " ".join(fixed_text(sample, Path("sample"), "en", 80).split())
        assert ("even without a deviation" in text) == told
        assert ("即使没有偏差" in fixed_text(sample, Path("sample"), "zh", 200)) == told
        found = evaluated(population, {})
        assert found.whole.limit == best_limit(sample)
        assert (found.whole.conclusion == "inconclusive") == told
        assert found.sample_would_do == 0, "no number of records that ignores the strata"


def test_the_rate_weighs_each_stratum_by_its_size() -> None:
    population = population_of([*numbered(900, "a", "A"), *numbered(100, "b", "B")])
    sample = with_seed(sampled(population, allocation="equal"), "4711", "dice")
    deviating = {row.unit: "deviation" for row in drawn_rows(sample, population)["units"] if row.unit.startswith("B")}
    found = evaluated(population, deviating, allocation="equal")
    assert (found.strata[0].rate, found.strata[1].rate, found.whole.rate) == (0, 1, Fraction(1, 10))
    assert found.whole.conclusion == "not-supported"


def test_a_stratum_of_which_nothing_was_read_may_deviate_as_a_whole() -> None:
    population = population_of([*numbered(3, "a", "A"), *numbered(997, "b", "B")])
    found = evaluated(population, {}, minimum=0)
    assert [(one.examined, one.rate, one.limit) for one in found.strata] == [
        (0, 0, 1),
        (57, 0, upper_limit("hypergeometric", 57, 0, Fraction(5, 100), 997)),
    ]
    assert found.basis == "sum of strata"
    rest = upper_limit("hypergeometric", 57, 0, Fraction(5, 200), 997)
    assert found.whole.limit == (rest * 997 + 3) / 1000


def test_a_limit_just_at_what_is_tolerable_supports() -> None:
    population = population_of(numbered(10))
    for tolerable, deviations, conclusion in (
        ("0.2", 2, "supported"),
        ("0.1", 2, "not-supported"),
        ("0.2", 1, "supported"),
    ):
        results = {f"INC{number:05}": "deviation" for number in range(deviations)}
        found = evaluated(population, results, Aim("binomial", Fraction("0.95"), Fraction(tolerable)))
        assert (found.whole.examined, found.whole.rate, found.whole.conclusion) == (
            10,
            Fraction(deviations, 10),
            conclusion,
        )


def test_a_reserve_stands_in_within_its_own_stratum() -> None:
    population = population_of([*numbered(300, "a", "A"), *numbered(300, "b", "B")])
    sample = with_seed(sampled(population), "4711", "dice")
    rows = drawn_rows(sample, population)

    def answered(part: Part, one: Drawn) -> Answer:
        gone = part == "units" and one.stratum == 2 and one.rank <= 2
        stands = part == "reserves" and one.stratum == 2 and one.rank <= sample.sizes[1] + 2
        result: Result | None = "replaced" if gone else "pass" if part == "units" or stands else None
        return Answer(one.unit, one.stratum, one.rank, result, "徐静", "", "", Where("paper"))

    given = {part: tuple(answered(part, one) for one in some) for part, some in rows.items()}
    found = evaluate(sample, given)
    assert [(gone.stratum, by.stratum, by.rank) for gone, by in found.replaced] == [
        (2, 2, sample.sizes[1] + 1),
        (2, 2, sample.sizes[1] + 2),
    ]
    assert [one.records for one in found.strata] == [300, 298]
    assert found.without_examiner == 0
    nobody = {part: tuple(replace(answer, examiner="") for answer in some) for part, some in given.items()}
    assert evaluate(sample, nobody).without_examiner == sample.n
    used_up = {
        **given,
        "reserves": tuple(replace(a, result="replaced" if a.stratum == 2 else None) for a in given["reserves"]),
    }
    with pytest.raises(ItsmctlError) as caught:
        evaluate(sample, used_up)
    assert {problem.code for problem in caught.value.problems} == {"no-reserve"}


def test_a_population_examined_whole_is_known() -> None:
    population = population_of(numbered(1))
    found = evaluated(population, {})
    assert (found.whole.examined, found.whole.limit, found.whole.conclusion) == (1, 0, "supported")
    found = evaluated(population_of(numbered(10)), {"INC00003": "deviation"})
    assert (found.whole.examined, found.whole.limit, found.whole.at_most) == (10, Fraction(1, 10), 1)


def test_a_binomial_sample_larger_than_the_population_is_all_of_it() -> None:
    population = population_of(numbered(20))
    sample = sampled(population, aim(method="binomial"))
    assert (sample.n, sample.sizes) == (20, (20,))


def replaced_paper(tmp_path: Path, reserve_results: list[str], reason: str = "a duplicate") -> Path:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    path = filled_xlsx(folder)
    sheets = sheets_of(path)
    sheets["Sample"][1][3], sheets["Sample"][1][7] = "replaced", reason
    for line, result in zip(sheets["Reserves"][1:], reserve_results, strict=False):
        line[3] = result
    return save(path, sheets)


def test_a_reserve_stands_in_for_what_was_replaced(tmp_path: Path) -> None:
    read, rows = read_paper(replaced_paper(tmp_path, ["deviation"]))
    found = evaluate(read.sample, answers(read.paper, rows))
    assert [(gone.unit, by.unit) for gone, by in found.replaced] == [(rows["units"][0].unit, rows["reserves"][0].unit)]
    assert (found.whole.deviations, found.whole.records) == (1, 59)


def test_reserves_are_neither_skipped_nor_added(tmp_path: Path) -> None:
    assert complaints(replaced_paper(tmp_path / "a", ["pass", "pass"]))[0][0] == "reserve-not-needed"
    assert complaints(replaced_paper(tmp_path / "b", ["", "pass"]))[0][0] == "reserve-not-needed"
    assert complaints(replaced_paper(tmp_path / "c", [""]))[0][0] == "no-answer"
    assert complaints(replaced_paper(tmp_path / "d", ["replaced"] * 3))[0][0] == "no-reason"


# Does it hold?


CHANCES = {
    "one stratum": ([("all", 100, 6)], "proportional", "one draw"),
    "deviations everywhere": ([("a", 60, 4), ("b", 40, 2)], "proportional", "one draw"),
    "deviations in the small stratum only": ([("a", 75, 0), ("b", 25, 6)], "proportional", "one draw"),
    "strata drawn alike": ([("a", 80, 5), ("b", 20, 1)], "equal", "sum of strata"),
}


@pytest.mark.parametrize("name", list(CHANCES))
def test_the_stated_confidence_holds_in_thousands_of_draws(name: str) -> None:
    """Six in a hundred deviate where five are tolerable: at most one draw in twenty may support reliance, or miss the truth."""
    strata, allocation, basis = CHANCES[name]
    draws = 10_000 if name == "one stratum" else 2_000
    units = [unit for label, n, _ in strata for unit in numbered(n, label, label)]
    deviating = {unit for label, _, bad in strata for unit, _ in numbered(bad, label, label)}
    population = population_of(units)
    sample = sampled(population, aim(), allocation)
    read = {
        unit: Answer(unit, number, 0, "deviation" if unit in deviating else "pass", "x", "", "", Where())
        for number, (_, some) in enumerate(population.strata, 1)
        for unit in some
    }
    supported = missed = 0
    for seed in range(draws):
        rows = [read[drawn.unit] for drawn in draw(population, str(seed), sample.sizes)[0]]
        found = evaluate(sample, {"units": rows, "reserves": (), "targeted": ()})
        supported += found.whole.conclusion == "supported"
        missed += found.whole.limit < Fraction(6, 100)
        assert found.basis == basis
    allowance = 3 * (0.05 * 0.95 / draws) ** 0.5  # three standard deviations of a share of 5% in so many draws
    assert missed / draws <= 0.05 + allowance
    assert supported / draws <= 0.05 + allowance
    assert basis != "one draw" or missed > draws / 200, "a limit that never misses is not the one that was promised"


def test_hashes_draw_every_record_equally_often() -> None:
    """Ten thousand seeds: each record is drawn as often as chance would, within four standard deviations."""
    population = population_of(numbered(20))
    counts = dict.fromkeys((unit for _, units in population.strata for unit in units), 0)
    for seed in range(10_000):
        for drawn in draw(population, str(seed), (5,))[0]:
            counts[drawn.unit] += 1
    spread = (10_000 * 0.25 * 0.75) ** 0.5
    assert all(abs(count - 2500) < 4 * spread for count in counts.values()), counts


# The commands


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sampling")
    assert run(["generate", "--records", "600", "--seed", "7", "-o", str(folder / "g")]) == 0
    export = folder / "g" / "incidents.csv"
    assert run(["import", str(export), "--zone", "Asia/Shanghai", "-o", str(folder / "d"), "-q"]) == 0
    return folder / "d"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_the_dataset_to_the_conclusion(
    language: str, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("抽样")
    asked = ["--tickets", dataset, "--rule", "INC-04", "--strata", "priority", "--always", "priority: [P1]"]
    code, out, _ = ask("sample", "draw", folder, *asked, "--lang", language)
    digest = hashlib.sha256((folder / "population.tsv").read_bytes()).hexdigest()
    assert (code, digest in out) == (0, True)
    assert max(cells(line) for line in out.splitlines()) <= 80
    code, out, _ = ask("sample", "draw", folder, "--seed", "4711", "--seed-origin", "dice", "--lang", language)
    assert code == 0
    assert max(cells(line) for line in out.splitlines()) <= 80
    paper_path = filled_xlsx(folder, default="通过" if language == "zh" else "pass")
    code, out, _ = ask("sample", "evaluate", paper_path, "--lang", language)
    assert (code, ("✓ 可以信赖" if language == "zh" else "✓ Supported") in out) == (0, True), out
    assert max(cells(line) for line in out.splitlines()) <= 80
    code, out, _ = ask("sample", "evaluate", paper_path, "--format", "json", "-o", tmp_path / "e.json")
    assert json.loads(out)["conclusion"] == "supported"
    assert (tmp_path / "e.json").read_text("utf-8") == out


def test_the_population_is_what_is_in_scope_of_the_rule(dataset: Path, tmp_path: Path, ask: Ask) -> None:
    result = tmp_path / "r"
    run(["audit", "--tickets", str(dataset), "--rule", "INC-05", "-o", str(result), "--all-verdicts", "-q"])
    in_scope = {r["id"]: r["in_scope"] for r in json.loads((result / "result.json").read_text("utf-8"))["rules"]}
    ask("sample", "draw", tmp_path / "a", "--tickets", dataset, "--rule", "INC-05")
    ask("sample", "draw", tmp_path / "b", "--result", result, "--rule", "INC-05")
    one, other = ((tmp_path / name / "population.tsv").read_bytes() for name in "ab")
    assert one == other
    assert one.count(b"\n") == in_scope["INC-05"] > 100


def test_a_result_without_its_passes_is_no_population(dataset: Path, tmp_path: Path, ask: Ask) -> None:
    result = tmp_path / "r"
    run(["audit", "--tickets", str(dataset), "--rule", "INC-05", "-o", str(result), "-q"])
    code, _, err = ask("sample", "draw", tmp_path / "a", "--result", result, "--rule", "INC-05")
    assert (code, "[verdicts-left-out]" in err, (tmp_path / "a").exists()) == (2, True, False)


def test_the_records_meant_are_told_as_they_were_asked_for(dataset: Path, tmp_path: Path, ask: Ask) -> None:
    asked = ["process: incident", "service: {not: [a\\, b, 'c: d']}", "priority: [P1, P2]", "assignee: {present: true}"]
    found = []
    for name in ("a", "b"):
        where = [text for one in asked for text in ("--where", one)]
        _, out, err = ask("sample", "draw", tmp_path / name, "--tickets", dataset, *where, "--format", "json")
        found.append(json.loads(out)["population"])
        assert found[-1]["query"].startswith("process: incident; "), err
        asked = found[-1]["query"].split("; ")
    assert found[0] == found[1]
    assert found[0]["query"].endswith("; priority: [P1, P2]; assignee: {present: true}")


def test_an_audit_plan_says_what_to_draw(dataset: Path, tmp_path: Path, ask: Ask) -> None:
    code, out, err = ask(
        "sample", "draw", tmp_path / "a", "--tickets", dataset, "--plan", "internal-2026-operation", "--format", "json"
    )
    assert code == 0, err
    found = json.loads(out)
    assert (found["plan"]["method"], found["plan"]["confidence"], found["plan"]["tolerable"]) == (
        "hypergeometric",
        95,
        5,
    )
    assert len(found["strata"]) > 3
    assert found["population"]["targeted-records"] > 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([], "no-population-named"),
        (["--rule", "INC-O4"], "unknown-rule"),
        (["--rule", "DQ-03"], "not-about-records"),
        (["--where", "priority: [P9]"], "empty-population"),
        (["--where", "prioritty: [P1]"], "unknown-key"),
        (["--where", "{{"], "not-yaml"),
        (["--rule", "INC-04", "--strata", "servize"], "unknown-column"),
        (["--rule", "INC-04", "--tolerable", "0"], "nothing-tolerable"),
        (["--plan", "internal-2026-support"], "plan-without-sampling"),
    ],
)
def test_what_cannot_be_drawn_is_said(asked: list[str], code: str, dataset: Path, tmp_path: Path, ask: Ask) -> None:
    exit_code, out, err = ask("sample", "draw", tmp_path / "a", "--tickets", dataset, *asked)
    assert (exit_code, out, f"[{code}]" in err) == (2, "", True), err
    assert not (tmp_path / "a").exists()


def test_what_belongs_to_the_other_step_is_refused(tmp_path: Path, ask: Ask) -> None:
    for asked in (["--seed", "1", "--rule", "INC-04"], ["--digest", "0"], ["--seed-origin", "x"]):
        code, _, err = ask("sample", "draw", tmp_path / "a", *asked)
        assert (code, "Usage" in err) == (2, True)
    code, _, err = ask("sample", "draw", tmp_path / "a", "--seed", "1", "--seed-origin", "dice")
    assert (code, "[no-sample]" in err) == (2, True)


def test_nothing_is_overwritten(tmp_path: Path, dataset: Path, ask: Ask) -> None:
    folder = tmp_path / "a"
    assert ask("sample", "draw", folder, "--tickets", dataset, "--rule", "INC-04")[0] == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    code, _, err = ask("sample", "draw", folder, "--tickets", dataset, "--rule", "INC-05")
    assert (code, "[output-exists]" in err) == (2, True)
    code, _, err = ask("sample", "draw", folder, "--seed", "1")
    assert (code, "[no-seed-origin]" in err) == (2, True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    population = population_of(numbered(60))
    folder = tmp_path / "s"
    fix(sampled(population), population, folder, "en")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    code, _, err = ask("sample", "draw", folder, "--seed", "1", "--seed-origin", "dice")
    assert (code, "[cannot-write]" in err) == (2, True)
    assert len(list(folder.iterdir())) == 3


def test_a_folder_is_not_a_paper(tmp_path: Path, ask: Ask) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    code, _, err = ask("sample", "evaluate", folder)
    assert (code, "[which-paper]" in err, "working-paper.xlsx" in err) == (2, True, True)
    code, _, err = ask("sample", "evaluate", folder / "sample.yaml")
    assert (code, "[not-drawn-yet]" in err) == (2, True)
    (folder / "working-paper.yaml").unlink()
    code, _, err = ask("sample", "evaluate", folder / "working-paper.xlsx")
    assert (code, "[paper-missing]" in err) == (2, True)


def test_read_workbook_needs_the_fingerprint(tmp_path: Path) -> None:
    folder = drawn_folder(tmp_path / "s", population_of(numbered(60)), aim("0.2"))
    path = folder / "working-paper.xlsx"
    sheets = sheets_of(path)
    sheets["Plan"] = [line for line in sheets["Plan"] if line[0] != "fingerprint"]
    save(path, sheets)
    with pytest.raises(ItsmctlError, match="no-fingerprint"):
        read_workbook(path, "x")
