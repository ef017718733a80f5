"""Expressions over the columns of a record: parsed, allowed node by node, typed, and written anew as SQL.

Nothing of the text reaches the engine: names come from the model's list, values go in as parameters, and what is not
known here is refused. So there is nothing in it that could read a file, call out, recurse, or run for long.
"""

from __future__ import annotations

import hashlib
import marshal
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from itsmctl import __version__, kept
from itsmctl.engine.sql import Fragment, join, name
from itsmctl.errors import Problem, Where, did_you_mean
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, PEOPLE_COLUMNS, TEXT_COLUMNS, TIME_COLUMNS

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

Type = Literal["text", "number", "truth", "moment", "duration", "nothing"]
LONGEST, DEEPEST = 2_000, 60
LARGEST = 1e12
_KEPT = 512
"""Expressions that the user's cache holds."""

COLUMNS: Mapping[str, Type] = {
    "record_id": "text",
    "process": "text",
    **dict.fromkeys(TEXT_COLUMNS, "text"),
    **dict.fromkeys(TIME_COLUMNS, "moment"),
    **dict.fromkeys(NUMBER_COLUMNS, "number"),
    **dict.fromkeys(BOOLEAN_COLUMNS, "truth"),
}
"""What an expression may name, and of what type it is."""

CALLED = {"Lower": "lower", "Upper": "upper", "Trim": "trim", "Length": "length", "Abs": "abs", "Round": "round", "Coalesce": "coalesce",
          "Greatest": "greatest", "Least": "least", "Contains": "contains", "StartsWith": "starts_with", "EndsWith": "ends_with", "Nullif": "nullif"}  # fmt: skip
"""The functions that the parser knows by a class of their own."""
FUNCTIONS: Mapping[str, tuple[tuple[Type, ...], Type]] = {
    "lower": (("text",), "text"),
    "upper": (("text",), "text"),
    "trim": (("text",), "text"),
    "length": (("text",), "number"),
    "contains": (("text", "text"), "truth"),
    "starts_with": (("text", "text"), "truth"),
    "ends_with": (("text", "text"), "truth"),
    "abs": (("number",), "number"),
    "round": (("number",), "number"),
    "minutes": (("number",), "duration"),
    "hours": (("number",), "duration"),
}
"""Functions with the types that they take and give."""
ALIKE = ("coalesce", "greatest", "least", "nullif")
"""Functions that take values of one type, and give one of it."""
_WRITTEN = {"minutes": "({0} * 60)", "hours": "({0} * 3600)", "length": "CAST(length({0}) AS DOUBLE)"}
_ARITHMETIC: Mapping[tuple[str, Type, Type], Type] = {
    ("Sub", "moment", "moment"): "duration",
    ("Add", "moment", "duration"): "moment",
    ("Sub", "moment", "duration"): "moment",
    ("Add", "duration", "duration"): "duration",
    ("Sub", "duration", "duration"): "duration",
    ("Mul", "duration", "number"): "duration",
    ("Mul", "number", "duration"): "duration",
    ("Div", "duration", "number"): "duration",
    ("Div", "duration", "duration"): "number",
    **{(sign, "number", "number"): "number" for sign in ("Add", "Sub", "Mul", "Div")},
}
_SIGNS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "Add": "+", "Sub": "-", "Mul": "*"}
_WORDS: Mapping[Type, str] = {
    "text": "a text", "number": "a number", "truth": "true or false", "moment": "a moment", "duration": "a duration", "nothing": "nothing",
}  # fmt: skip


def person_in(column: str) -> str:
    """SQL for who it is that a column of people of the record `r` names: whoever runs the condition puts it there.

    It is the same whatever the person is called, and NULL where nobody can say.
    """
    return f"r.{name(f'{column} person')}"


@dataclass(frozen=True)
class Asked:
    """A text that an expression compares a column with, and its line and column within the expression."""

    column: str
    text: str
    where: Where


@dataclass(frozen=True)
class Compiled:
    """An expression as SQL over the record `r`, the columns that it reads, and the texts that it compares them with."""

    sql: Fragment
    columns: tuple[str, ...]
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class _Typed:
    sql: Fragment
    type: Type


def compile_expression(text: str) -> Compiled | list[Problem]:
    """The condition that a text means, or everything that is wrong with it, by its place in the text.

    What was sound before is found in the user's cache: the parser takes longer to start than a small audit to run.
    """
    known = f"expression-{hashlib.sha256(repr((_made_by(), text)).encode()).hexdigest()[:24]}"
    if packed := kept.read(known):
        return _unpacked(packed)
    compiled = _compile(text)
    if isinstance(compiled, Compiled):
        kept.write(known, _packed(compiled), _KEPT)
    return compiled


def _compile(text: str) -> Compiled | list[Problem]:
    reader = _Reader(text)
    if len(text) > LONGEST:
        reader.refuse("an expression has at most {most} characters; this one has {n}", None, most=LONGEST, n=len(text))
        return reader.mistakes
    try:
        return reader.read()
    except RecursionError:  # the parser descends further than we do
        reader.refuse("the expression is nested too deeply", None)
        return reader.mistakes


@cache
def _made_by() -> str:
    """What a compiled expression depends on beside its text: this program and its parser."""
    here = Path(__file__).resolve()
    parser = find_spec("sqlglot")
    files = [here, here.with_name("sql.py"), *sorted((here.parent.parent / "model").glob("*.py"))]
    files += [Path(parser.origin)] if parser and parser.origin else []
    return repr((__version__, sys.version_info[:2], marshal.version, kept.stamps(files)))


def _packed(compiled: Compiled) -> bytes:
    asked: Any = [(one.column, one.text, one.where.line, one.where.column) for one in compiled.asked]
    values: Any = compiled.sql.values
    return marshal.dumps((compiled.sql.text, values, compiled.columns, asked))


def _unpacked(packed: bytes) -> Compiled:
    sql, values, columns, asked = marshal.loads(packed)
    return Compiled(
        Fragment(sql, values),
        columns,
        tuple(Asked(column, word, Where("", line, at)) for column, word, line, at in asked),
    )


class _Reader:
    """Reads one expression; what is wrong with it is collected in `mistakes`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.mistakes: list[Problem] = []
        self.columns: set[str] = set()
        self.asked: list[Asked] = []

    def read(self) -> Compiled | list[Problem]:
        tree = self._parse()
        typed = self._value(tree, 0) if tree is not None else None
        if typed and typed.type not in ("truth", "nothing"):
            self.refuse("the expression is {kind}; it must be true or false", tree, kind=_WORDS[typed.type])
        if self.mistakes or typed is None:
            return self.mistakes
        return Compiled(typed.sql, tuple(sorted(self.columns)), tuple(self.asked))

    def _parse(self) -> Expr | None:
        from sqlglot import errors, parse

        try:
            trees = parse(self.text, read="duckdb")
        except errors.ParseError as error:
            self.refuse("not readable as an expression", None)
            for first in error.errors[:1]:
                column = max(int(first["col"]) - len(str(first["highlight"])), 0)
                self.mistakes[-1] = replace(self.mistakes[-1], where=Where("", int(first["line"]), column + 1))
            return None
        except errors.TokenError:
            self.refuse("not readable as an expression", None)
            return None
        if len(trees) != 1 or trees[0] is None:
            self.refuse("one expression is wanted here", None)
            return None
        return trees[0]

    def _value(self, node: Expr, depth: int) -> _Typed | None:
        kind = type(node).__name__
        if depth > DEEPEST:
            return self.refuse("the expression is nested too deeply", node)
        if kind in ("And", "Or"):
            return self._logic(node, kind.upper(), depth)
        if kind in _SIGNS and kind in ("Add", "Sub", "Mul") or kind == "Div":
            return self._arithmetic(node, kind, depth)
        if kind in _SIGNS:
            return self._comparison(node, _SIGNS[kind], depth)
        if kind in CALLED:
            return self._call(node, CALLED[kind], self._arguments(node), depth)
        reader = getattr(self, f"_{kind.lower()}", None) if kind in _SINGLE else None
        if reader is None:
            return self.refuse("{what} is not allowed in an expression", node, what=_shown(node))
        typed: _Typed | None = reader(node, depth + 1)
        return typed

    # One method for each kind of node in _SINGLE

    def _paren(self, node: Expr, depth: int) -> _Typed | None:
        inner = self._value(node.this, depth)
        return inner and _Typed("(" + inner.sql + ")", inner.type)

    def _column(self, node: Expr, depth: int) -> _Typed | None:
        column = str(node.this.name)
        if column not in COLUMNS or any(node.args.get(part) for part in ("table", "db", "catalog")):
            whole = ".".join(str(part.name) for part in node.parts)  # type: ignore[attr-defined]
            near = did_you_mean(whole, COLUMNS)
            if not near:
                return self.refuse("unknown column {word!r}; a text stands in single quotes", node, word=whole)
            return self.refuse("unknown column {word!r}", node, near, word=whole)
        self.columns.add(column)
        kind, sql = COLUMNS[column], f"r.{name(column)}"
        return _Typed(Fragment(f"CAST({sql} AS DOUBLE)" if kind in ("number", "moment") else sql), kind)

    def _literal(self, node: Expr, depth: int) -> _Typed | None:
        if node.args["is_string"]:
            return _Typed(Fragment("CAST(? AS VARCHAR)", (str(node.this),)), "text")
        try:
            value = float(str(node.this))
        except ValueError:
            value = LARGEST
        if not abs(value) < LARGEST:
            return self.refuse("{word} is too large a number", node, word=str(node.this)[:40])
        return _Typed(Fragment("CAST(? AS DOUBLE)", (value,)), "number")

    def _boolean(self, node: Expr, depth: int) -> _Typed:
        return _Typed(Fragment("true" if node.this else "false"), "truth")

    def _null(self, node: Expr, depth: int) -> _Typed:
        return _Typed(Fragment("NULL"), "nothing")

    def _not(self, node: Expr, depth: int) -> _Typed | None:
        inner = self._wanted(node.this, "truth", depth)
        return inner and _Typed("(NOT " + inner.sql + ")", "truth")

    def _neg(self, node: Expr, depth: int) -> _Typed | None:
        inner = self._value(node.this, depth)
        if inner and inner.type not in ("number", "duration"):
            return self.refuse("a minus sign stands before {kind}", node, kind=_WORDS[inner.type])
        return inner and _Typed("(- " + inner.sql + ")", inner.type)

    def _is(self, node: Expr, depth: int) -> _Typed | None:
        inner = self._value(node.this, depth)
        what = type(node.expression).__name__
        if what not in ("Null", "Boolean"):
            return self.refuse("{what} is not allowed in an expression", node, what="IS")
        word = "NULL" if what == "Null" else str(bool(node.expression.this)).upper()
        if inner and word != "NULL" and inner.type != "truth":
            return self.refuse("{kind} is compared with {other}", node, kind=_WORDS[inner.type], other=_WORDS["truth"])
        return inner and _Typed("(" + inner.sql + f" IS {word})", "truth")

    def _in(self, node: Expr, depth: int) -> _Typed | None:
        values = node.expressions
        if not values or any(node.args.get(part) for part in ("query", "unnest", "field")):
            return self.refuse("{what} is not allowed in an expression", node, what="IN (…)")
        typed = [self._value(one, depth) for one in (node.this, *values)]
        if not self._alike(node, typed):
            return None
        self._ask(node.this, *values)
        first, *others = self._people(node.this, *values) or [one.sql for one in typed if one]
        return _Typed("(" + first + " IN (" + join(", ", others) + "))", "truth")

    def _between(self, node: Expr, depth: int) -> _Typed | None:
        typed = [self._value(one, depth) for one in (node.this, node.args["low"], node.args["high"])]
        if node.args.get("symmetric"):
            return self.refuse("{what} is not allowed in an expression", node, what="SYMMETRIC")
        if not self._alike(node, typed):
            return None
        this, low, high = [one.sql for one in typed if one]
        return _Typed("(" + this + " BETWEEN " + low + " AND " + high + ")", "truth")

    def _case(self, node: Expr, depth: int) -> _Typed | None:
        """Unlike in SQL, a condition that nobody can answer does not count as false: the whole is then unknown, too."""
        if node.this is not None:
            return self.refuse("write CASE WHEN … THEN … END, with the condition after WHEN", node)
        branches = node.args["ifs"]
        # The engine asks each condition twice, so that one within another within another would soon be asked without end.
        tests = [self._wanted(branch.this, "truth", depth + DEEPEST // 6) for branch in branches]
        default = node.args.get("default")
        results = [
            self._value(one, depth)
            for one in (*(b.args["true"] for b in branches), *([default] if default is not None else []))
        ]
        if None in tests or not self._alike(node, results):
            return None
        answers = [one.sql for one in results if one]
        whole = answers.pop() if default is not None else Fragment("NULL")
        for test, answer in zip(reversed([one.sql for one in tests if one]), reversed(answers), strict=True):
            whole = "CASE " + test + " WHEN true THEN " + answer + " WHEN false THEN " + whole + " END"
        return _Typed(whole, _common(results))

    def _anonymous(self, node: Expr, depth: int) -> _Typed | None:
        return self._call(node, str(node.this).lower(), node.expressions, depth)

    # What several kinds of nodes share

    def _arguments(self, node: Expr) -> list[Expr]:
        """The arguments of a function that has a class of its own; whatever else it was given is refused."""
        values = [node.this, node.args.get("expression"), *node.expressions]
        known = {"this", "expression", "expressions"}
        if any(value for key, value in node.args.items() if key not in known and not isinstance(value, bool)):
            self.refuse("{what} is not allowed in an expression", node, what=_shown(node))
        return [value for value in values if value is not None]

    def _call(self, node: Expr, function: str, arguments: Sequence[Expr], depth: int) -> _Typed | None:
        if function not in FUNCTIONS and function not in ALIKE:
            known = sorted((*FUNCTIONS, *ALIKE))
            near = did_you_mean(function, known)
            return self.refuse(
                "unknown function {word!r}; known: {allowed}", node, near, word=function, allowed=", ".join(known)
            )
        if function in ALIKE:
            typed = [self._value(one, depth + 1) for one in arguments]
            if not typed or not self._alike(node, typed):
                return None
            return _Typed(f"{function}(" + join(", ", [one.sql for one in typed if one]) + ")", _common(typed))
        wanted, given = FUNCTIONS[function]
        if len(arguments) != len(wanted):
            return self.refuse("{word} takes {n} values", node, word=function, n=len(wanted))
        typed = [self._wanted(one, kind, depth + 1) for one, kind in zip(arguments, wanted, strict=True)]
        parts = [one.sql for one in typed if one]
        if len(parts) != len(wanted):
            return None
        if function in _WRITTEN:
            before, after = _WRITTEN[function].split("{0}")
            return _Typed(before + parts[0] + after, given)
        return _Typed(f"{function}(" + join(", ", parts) + ")", given)

    def _logic(self, node: Expr, word: str, depth: int) -> _Typed | None:
        """A chain of conditions is as long as it likes without being deep."""
        parts: list[Expr] = []
        rest = node
        while type(rest) is type(node):
            parts.append(rest.expression)
            rest = rest.this
        typed = [self._wanted(part, "truth", depth + 1) for part in (rest, *reversed(parts))]
        sql = [one.sql for one in typed if one]
        return _Typed("(" + join(f" {word} ", sql) + ")", "truth") if len(sql) == len(typed) else None

    def _comparison(self, node: Expr, sign: str, depth: int) -> _Typed | None:
        typed = [self._value(node.this, depth + 1), self._value(node.expression, depth + 1)]
        if any(one and one.type == "nothing" for one in typed):
            return self.refuse("nothing is equal to NULL; write IS NULL", node)
        if not self._alike(node, typed):
            return None
        if sign in ("=", "<>"):
            self._ask(node.this, node.expression)
            self._ask(node.expression, node.this)
        people = self._people(node.this, node.expression) if sign in ("=", "<>") else []
        left, right = people or [one.sql for one in typed if one]
        return _Typed("(" + left + f" {sign} " + right + ")", "truth")

    def _people(self, *nodes: Expr) -> list[Fragment]:
        """The people whom columns name, where all of them are columns of people; else nothing."""
        columns = [
            str(node.name) if type(node).__name__ == "Column" else "" for node in (one.unnest() for one in nodes)
        ]
        return [Fragment(person_in(c)) for c in columns] if set(columns) <= set(PEOPLE_COLUMNS) else []

    def _ask(self, column: Expr, *values: Expr) -> None:
        """Note the texts that a column is compared with, where it is one that stands by itself."""
        column = column.unnest()
        if type(column).__name__ == "Column":
            texts = (one.unnest() for one in values)
            self.asked += [
                Asked(str(column.name), str(one.this), _where(one)) for one in texts if one.args.get("is_string")
            ]

    def _arithmetic(self, node: Expr, kind: str, depth: int) -> _Typed | None:
        left, right = self._value(node.this, depth + 1), self._value(node.expression, depth + 1)
        if not left or not right:
            return None
        given = _ARITHMETIC.get((kind, left.type, right.type))
        if given is None:
            values = {"kind": _WORDS[left.type], "other": _WORDS[right.type]}
            return self.refuse("{kind} and {other} cannot be reckoned with so", node, **values)
        if kind == "Div":
            return _Typed("(" + left.sql + " / nullif(" + right.sql + ", 0))", given)
        return _Typed("(" + left.sql + f" {_SIGNS[kind]} " + right.sql + ")", given)

    def _wanted(self, node: Expr, kind: Type, depth: int) -> _Typed | None:
        typed = self._value(node, depth)
        if typed and typed.type not in (kind, "nothing"):
            return self.refuse(
                "{kind} stands where {other} is wanted", node, kind=_WORDS[typed.type], other=_WORDS[kind]
            )
        return typed

    def _alike(self, node: Expr, typed: Sequence[_Typed | None]) -> bool:
        kinds = [one.type for one in typed if one and one.type != "nothing"]
        for kind in kinds[1:]:
            if kind != kinds[0]:
                self.refuse("{kind} is compared with {other}", node, kind=_WORDS[kinds[0]], other=_WORDS[kind])
                return False
        return None not in typed

    def refuse(self, template: str, node: Expr | None, near: str = "", **values: object) -> _Typed | None:
        """Note a mistake; returns nothing, as what is wrong has no value."""
        where = _where(node) if node is not None else Where("", 1, 1)
        self.mistakes.append(Problem("bad-expression", template, where, values, suggestion=near))
        return None


_SINGLE = ("Paren", "Column", "Literal", "Boolean", "Null", "Not", "Neg", "Is", "In", "Between", "Case", "Anonymous")


def _common(typed: Sequence[_Typed | None]) -> Type:
    return next((one.type for one in typed if one and one.type != "nothing"), "nothing")


def _shown(node: Expr) -> str:
    """What a node is called by people: READ CSV, LIKE, SUBQUERY."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()


def _where(node: Expr) -> Where:
    """Where, within the expression, the first word of a node stands that has a place."""
    metas = [part.meta for part in node.walk() if "line" in part.meta]
    places = ((int(m["line"]), int(m["col"]) - (int(m["end"]) - int(m["start"]))) for m in metas)
    return Where("", *min(places, default=(1, 1)))
