"""No name stands for two services, or for two customers.

同一名称不得指两项服务或两个客户。

Why
    Exports tell services and customers by names. Where one name fits two of them, tickets go to either, and nobody decided
    to which: they are judged by its agreement and counted in its reports.

    导出数据以名称表示服务和客户。一个名称对应两项时，工单归入其中任意一项而无人决定归入哪项，并按其协议判定、计入其报告。

Passes
    kind: service
    id: email
    title: E-mail
    also-called: [Exchange]
    ---
    kind: service
    id: calendars
    title: Calendars
    also-called: [Exchange calendar]
    ---
    kind: customer
    id: sales
    title: Sales
    also-called: [Exchange]

Fails
    kind: service
    id: calendars
    title: Calendars
    also-called: [email, Exchange]  # <-
    ---
    kind: service
    id: email
    title: E-mail
    also-called: [Exchange]  # <-
    ---
    kind: customer
    id: sales
    title: {en: Sales, zh: 销售}
    ---
    kind: customer
    id: sales-china
    title: {en: Sales in China, zh: 销售}  # <-

Remedy
    Leave the name to the one that it means. Where tools tell them apart by another column, translate the names in the mapping.

    把名称只留给它所指的一项。若工具以其他列区分，请在映射中转换名称。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import Placed, System
from itsmctl.errors import Problem, Severity
from itsmctl.source import Path_

CODE = "called-twice"
SEVERITY: Severity = "error"
READS = ("service", "customer")

Named = model.Service | model.Customer


def check(system: System) -> Iterator[Problem]:
    """One problem for each name that another one has already; an id is nobody else's."""
    for kind in (model.Service, model.Customer):
        yield from _twice(system.all(kind))


def _twice(every: tuple[Placed[Named], ...]) -> Iterator[Problem]:
    owner = {word: one.definition.id for one in every for word in (one.definition.id, *one.definition.aliases)}
    for one in every:
        told: set[str] = set()
        for word, path in _names(one.definition):
            other = owner.setdefault(word, one.definition.id)
            if other != one.definition.id and word not in told:
                told.add(word)
                values = {"kind": one.definition.kind, "word": word, "other": other}
                template = "the {kind} {other} is called {word} too: exports that say so may mean either"
                yield Problem(CODE, template, one.where(*path), values, SEVERITY)


def _names(one: Named) -> Iterator[tuple[str, Path_]]:
    yield from ((word, ("title",)) for word in (one.title.en, one.title.zh) if word)
    yield from ((word, ("also-called", place)) for place, word in enumerate(one.also_called))
