"""Links between records: that there is one, that it leads to a record of some process, and what that record must be.

`types` are kinds of link: a column that names other records (`caused_by`, `problem`, `change`, …), or a type of the export's own;
`incoming: true` follows them backwards, from the records that name this one. A record that is named twice, by its id and its number, is one link, and one that names itself has
none by that. With `process` the record at the other end must be
found and be of that process; `where` is what it must be, `before` and `after` compare one of its moments (`theirs`) with one of
this record's (`mine`; equal is in order), at most `within` apart. `least` and `most` count the links that fulfil all this; with
`every: true` each link must. A link whose other end is not in the export is not testable, or fails with `unresolved: fail`. Followed
backwards, a link that leads to nothing, and not to an older number than all here, may mean a record whose id or number is written nearly so: by it that record neither fails nor passes.

    check: {linked: {types: [caused_by], process: change}}
    check: {linked: {types: [change], process: change, where: {state: [closed]}, before: {theirs: actual_end, mine: closed_at}}}
    check: {linked: {types: [release], incoming: true, process: change, every: true, before: {theirs: approval, mine: actual_start}}}
    check: {linked: {types: [incident], process: incident, where: {ci: {present: true}}, most: 0}}

Passing: the problem names CHG7, done the day before it closed. Failing: no change named; CHG7 was done after the problem closed.
Not testable: the export holds no changes, or not that one; a file of the other records has no column for the link; or a cell that may hold another link could not be read.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.engine.acts import approvals_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import others_lack, unknown_in
from itsmctl.engine.misspelt import perhaps_meant
from itsmctl.engine.parameters import DURATION, TEXTS, WHERE, conditions_of, seconds_of, texts
from itsmctl.engine.sql import COMPARING, Fragment, all_of, name, quote
from itsmctl.engine.strange import is_strange
from itsmctl.model import TIME_COLUMNS, Condition, Rule

ID = "linked"
_ORDER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["theirs", "mine"],
    "properties": {
        "theirs": {
            "enum": [*TIME_COLUMNS, "approval"],
            "description": "The moment of the other record; `approval` is its first approval.",
        },
        "mine": {"enum": list(TIME_COLUMNS), "description": "The moment of this record."},
    },
}
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["types"],
    "properties": {
        "types": {
            **TEXTS,
            "description": "Kinds of link that count: columns that name other records, or types of the export's own.",
        },
        "incoming": {
            "type": "boolean",
            "description": "Whether links are followed backwards, from the records that name this one; default: false.",
        },
        "process": {
            "type": "string",
            "description": "The process of which the record at the other end must be, by its id; left out, that record is not looked at.",
        },
        "where": {**WHERE, "description": "What the record at the other end must be."},
        "before": {
            **_ORDER,
            "description": "A moment of the other record that may not lie after one of this record; equal is in order.",
        },
        "after": {
            **_ORDER,
            "description": "A moment of the other record that may not lie before one of this record; equal is in order.",
        },
        "within": {
            **DURATION,
            "description": "How far apart the two moments of `before` or `after` may lie, in hours, minutes and seconds; default: no limit.",
        },
        "least": {
            "type": "integer",
            "minimum": 0,
            "description": "How many such links there must be; default: 1, or 0 where `most` is given.",
        },
        "most": {
            "type": "integer",
            "minimum": 0,
            "description": "How many such links there may be; default: no limit.",
        },
        "every": {"type": "boolean", "description": "Whether each link must be such; default: false."},
        "unresolved": {
            "enum": ["fail", "not-testable"],
            "description": "What a link comes to whose other end is not in the export; default: not-testable.",
        },
    },
    "dependencies": {
        "incoming": ["process"],
        "where": ["process"],
        "before": ["process"],
        "after": ["process"],
        "unresolved": ["process"],
        "within": {"anyOf": [{"required": ["before"]}, {"required": ["after"]}]},
    },
}
NAMES = {"process": "process", "before/mine": "column", "after/mine": "column"}


def needs(rule: Rule) -> Needs:
    """One of the types of link, the other process, and the columns compared on both sides."""
    orders = [order for key in ("before", "after") if isinstance(order := rule.parameters.get(key), Mapping)]
    theirs = {str(order["theirs"]) for order in orders}
    return Needs(
        columns=frozenset(str(order["mine"]) for order in orders),
        elsewhere=frozenset({c.column for c in conditions_of(rule)} | theirs - {"approval"}),
        tables=frozenset({"approval"} & theirs),
        links=frozenset(texts(rule, "types")),
        processes=frozenset({str(rule.parameters["process"])} if "process" in rule.parameters else ()),
    )


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` counts its links and those that fulfil the demand."""
    least, most = rule.parameters.get("least", 0 if "most" in rule.parameters else 1), rule.parameters.get("most")
    every = bool(rule.parameters.get("every"))
    n, ok, bad, unclear = (f"coalesce(l.{column}, 0)" for column in ("n", "ok", "bad", "unclear"))
    wrong = [
        f"{ok} + {unclear} < {least}",
        *([f"{ok} > {most}"] if most is not None else []),
        *([f"{bad} > 0"] if every else []),
    ]
    right = [
        f"{ok} >= {least}",
        *([f"{ok} + {unclear} <= {most}"] if most is not None else []),
        *([f"{unclear} = 0"] if every else []),
    ]
    hidden, hidden_why, joined = _hidden(rule, context)
    if hidden != "false":  # it may have a link, and nobody sees it
        wrong[0] = f"({wrong[0]} AND NOT {hidden})"
        right += [] if most is None and not every else [f"NOT {hidden}"]
    untold = "false" if rule.parameters.get("incoming") else f"{hidden} AND {n} = 0"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN {" OR ".join(wrong)} THEN false WHEN {" AND ".join(right)} THEN true END AS passed,
            CASE WHEN {untold} THEN NULL ELSE concat('links: ', {n}, ', as demanded: ', {ok}) END AS observed, ? AS expected, r.opened_at AS "at",
            CASE WHEN NOT ({" OR ".join(wrong)}) AND NOT ({" AND ".join(right)}) THEN coalesce(l.why, {hidden_why}) END AS reason
            FROM scoped AS r""",
            (_expected(rule, least),),
        )
        + joined
        + Fragment(
            """ LEFT JOIN (
                SELECT tix, count(*) AS n, count(*) FILTER (WHERE ok) AS ok, count(*) FILTER (WHERE NOT ok) AS bad, count(*) FILTER (WHERE ok IS NULL) AS unclear,
                    min(CASE WHEN ok IS NULL THEN why END) AS why FROM ("""
        )
        + _judged(rule, context)
        + ") AS each GROUP BY tix) AS l ON l.tix = r.tix"
    )


def _hidden(rule: Rule, context: Context) -> tuple[str, str, Fragment]:
    """SQL for whether a record may have a link that nobody sees, and why; and the join that it needs."""
    return _naming_it(rule, context) if rule.parameters.get("incoming") else _named_by_it(rule, context)


def _named_by_it(rule: Rule, context: Context) -> tuple[str, str, Fragment]:
    """Its own file has none of the columns that would name the other record, or one of their cells could not be read or may be filled since."""
    types = sorted(set(texts(rule, "types")))
    if not set(types) & context.lacking:
        return "false", "NULL", Fragment("")
    unseen = f"""SELECT tix, max(why) AS why FROM lacking WHERE "column" IN ({", ".join(map(quote, types))}) GROUP BY tix
        HAVING count(DISTINCT "column") = {len(types)} OR max(why) <> 'column-not-in-file'"""
    why = f"concat(u.why, {quote(':' + ','.join(texts(rule, 'types')))})"
    return "u.tix IS NOT NULL", why, Fragment(f" LEFT JOIN ({unseen}) AS u ON u.tix = r.tix")


def _naming_it(rule: Rule, context: Context) -> tuple[str, str, Fragment]:
    """Files of the other records lack the columns, cells could not be read, or a link that leads to nothing is written nearly as this
    one is called."""
    process, types = str(rule.parameters["process"]), texts(rule, "types")
    if hidden := sorted(set(types) & context.about(process).lacking):
        return "true", others_lack(hidden), Fragment("")
    meant = " LEFT JOIN (" + perhaps_meant(rule.process, process, types) + ") AS d ON d.tix = r.tix"
    return "d.tix IS NOT NULL", quote("misspelt-link:" + ",".join(types)), meant


def _judged(rule: Rule, context: Context) -> Fragment:
    """SELECT of the links (tix, ok, why): NULL where nobody can tell."""
    types = texts(rule, "types")
    marks = ", ".join("?" * len(types))
    if "process" not in rule.parameters:
        return Fragment(f"SELECT l.tix, true AS ok, NULL AS why FROM link AS l WHERE l.type IN ({marks})", types)
    process = str(rule.parameters["process"])
    if rule.parameters.get("incoming"):
        ends = Fragment(
            f"""SELECT DISTINCT n.tix, l.tix AS other FROM link AS l JOIN named AS n ON n.word = l.target AND n.process = ?
            JOIN record AS o ON o.tix = l.tix AND o.process = ? WHERE l.type IN ({marks}) AND l.tix <> n.tix""",
            (rule.process, process, *types),
        )
    else:
        ends = Fragment(
            f"""SELECT DISTINCT l.tix, l.type, n.tix AS other, CASE WHEN n.tix IS NULL THEN l.target END AS unseen FROM link AS l
            LEFT JOIN named AS n ON n.word = l.target AND n.process = ? WHERE l.type IN ({marks}) AND n.tix IS DISTINCT FROM l.tix""",
            (process, *types),
        )
    absent = "false" if rule.parameters.get("unresolved") == "fail" else "NULL"
    unknown, unread = _unknown(rule), Fragment("")
    if lacking := sorted({c.column for c in conditions_of(rule)} & context.about(process).lacking):
        unread = Fragment(f" LEFT JOIN {unknown_in(lacking)} AS k ON k.tix = o.tix")
        unknown += " OR k.tix IS NOT NULL"
    asked = [value for c in conditions_of(rule) if c.column == "state" for value in c.values]
    strange = " OR " + is_strange("o", asked) if asked and process in context.strange else Fragment("")
    approved = Fragment("")
    if "approval" in needs(rule).tables:
        approved = Fragment(" LEFT JOIN (") + approvals_of() + ") AS a ON a.tix = o.tix"
    return (
        Fragment(f"""SELECT r.tix, CASE WHEN o.tix IS NULL THEN {absent} WHEN {unknown}""")
        + strange
        + " THEN NULL ELSE "
        + _fulfils(rule)
        + Fragment(
            """ END AS ok, CASE WHEN o.tix IS NULL THEN 'target-not-exported' ELSE 'linked-record-lacks' END AS why
            FROM ("""
        )
        + ends
        + ") AS e JOIN scoped AS r ON r.tix = e.tix LEFT JOIN record AS o ON o.tix = e.other"
        + unread
        + approved
    )


def _fulfils(rule: Rule) -> Fragment:
    """SQL for whether the record at the other end (`o`) is what the rule demands; never NULL where nothing is unknown."""
    test = all_of(conditions_of(rule), "o")
    gap = []
    for key, sign in (("before", "<="), ("after", ">=")):
        order = rule.parameters.get(key)
        if isinstance(order, Mapping):
            theirs, mine = _theirs(order), f"r.{name(str(order['mine']))}"
            test += f" AND coalesce({theirs} {sign} {mine}, false)"
            gap.append(f"abs({theirs} - {mine})")
    if "within" in rule.parameters:
        test += "".join(f" AND coalesce({one} <= {seconds_of(rule, 'within')}, false)" for one in gap)
    return test


def _theirs(order: Mapping[str, object]) -> str:
    return "a.moment" if order["theirs"] == "approval" else f"o.{name(str(order['theirs']))}"


def _unknown(rule: Rule) -> str:
    """SQL for whether a value that the demand rests on is empty on either side."""
    asked = [f"o.{name(c.column)} IS NULL" for c in conditions_of(rule) if c.test in COMPARING]
    for key in ("before", "after"):
        order = rule.parameters.get(key)
        if not isinstance(order, Mapping):
            continue
        mine, theirs = f"r.{name(str(order['mine']))}", _theirs(order)
        asked.append(f"{mine} IS NULL")
        if order["theirs"] != "approval":
            asked.append(f"{theirs} IS NULL")
        else:  # an approval without a moment may be the first
            in_time = f" AND NOT coalesce({theirs} <= {mine}, false)" if key == "before" else ""
            asked.append(f"coalesce(a.undated, false){in_time}")
    return " OR ".join(asked) or "false"


def _expected(rule: Rule, least: object) -> str:
    words = [", ".join(texts(rule, "types"))]
    if "process" in rule.parameters:
        words.append(f"{'from' if rule.parameters.get('incoming') else 'to'} {rule.parameters['process']}")
    words += [_condition_text(c) for c in conditions_of(rule)]
    for key in ("before", "after"):
        order = rule.parameters.get(key)
        if isinstance(order, Mapping):
            words.append(f"{order['theirs']} {key} {order['mine']}")
    if "within" in rule.parameters:
        words.append(f"within {rule.parameters['within']}")
    most = rule.parameters.get("most")
    if most is not None:
        return f"links at most {most}: {'; '.join(words)}"
    return (
        f"links, all of them: {'; '.join(words)}"
        if rule.parameters.get("every")
        else f"links at least {least}: {'; '.join(words)}"
    )


def _condition_text(c: Condition) -> str:
    values = "/".join(str(value) for value in c.values)
    return {"present": f"{c.column}", "absent": f"no {c.column}"}.get(c.test, f"{c.column} {c.test} {values}")
