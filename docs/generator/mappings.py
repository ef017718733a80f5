"""The mappings of the reference set: which exports are understood, and what becomes of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from generator.markdown import code, in_both, table
from itsmctl.definitions import load
from itsmctl.language import LANGUAGES, tr
from itsmctl.model import Language, MappingDefinition
from itsmctl.reference import reference_root
from itsmctl.views.mapping import export_text

INTRODUCTION: Mapping[Language, str] = {
    "en": """# Mappings

Which exports itsmctl understands without being told. A mapping is recognised by the columns in the header; to read
another export, [write one](../how-to/write-a-mapping.md). Everything that a mapping may say:
[definitions: mapping](definitions/mapping.md).

""",
    "zh": """# 映射

itsmctl 无须说明即可读懂的导出文件。映射凭表头中的列识别；要读取其他导出文件，请[自行编写](../how-to/write-a-mapping.zh.md)。
映射可以写的全部内容见[定义：映射](definitions/mapping.zh.md)。

""",
}
WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "or": " or ", "in": " in {}", "zoneless": "; the zone is asked for where a time has none", "told by": "{} by {}",
        "at": "at {}", "by": "by {}", "of": "of {}", "taken": "{}, taken {}",
        "compact": "without spaces", "first": "as the first of several values", "opposite": "as the opposite of yes or no",
        "time-left": "as yes unless it is below zero",
    },
    "zh": {
        "or": " 或 ", "in": "，时区 {}", "zoneless": "；时间没有时区的，导入时询问", "told by": "{}，由 {} 区分",
        "at": "时刻 {}", "by": "操作人 {}", "of": "所属组 {}", "taken": "{}，{}",
        "compact": "去掉空格", "first": "取多个值中的第一个", "opposite": "是与否取反",
        "time-left": "未低于零即为是",
    },
}  # fmt: skip
FACTS: Mapping[Language, Sequence[str]] = {
    "en": ("tool", "format", "process", "recognised by", "read as missing", "times", "only rows with", "no rows with", "happened", "history of", "links"),
    "zh": ("工具", "格式", "流程", "识别依据", "视为空的写法", "时间", "只读取的行", "不读取的行", "发生", "有历史的列", "关联"),
}  # fmt: skip
COLUMNS = {"en": ("column", "exported as"), "zh": ("列", "导出中的名称")}
CODES = {"en": ("column", "exported value", "code"), "zh": ("列", "导出的值", "代码")}


def pages() -> dict[str, str]:
    """One page with every mapping, in each language."""
    mappings = load(reference_root()).mappings
    return in_both("mappings", *(_page_of_all(mappings, language) for language in LANGUAGES))


def _page_of_all(mappings: Mapping[str, MappingDefinition], language: Language) -> str:
    return INTRODUCTION[language] + "".join(page(mappings[name], language) for name in sorted(mappings))


def page(mapping: MappingDefinition, language: Language) -> str:
    """One mapping."""
    facts = [(what, words) for what, words in zip(FACTS[language], described(mapping, language), strict=True) if words]
    columns = [(code(column), exported(mapping, column, names, language)) for column, names in mapping.columns.items()]
    values = [
        (code(column), code(said), code(meant))
        for column, words in mapping.codes.items()
        for said, meant in words.items()
    ]
    tables = [table(("", ""), facts), table(COLUMNS[language], columns)]
    tables += [table(CODES[language], values)] if values else []
    return f"## {mapping.id}\n\n{mapping.title.in_(language)}\n\n" + "\n".join(tables) + "\n"


def described(mapping: MappingDefinition, language: Language) -> tuple[str, ...]:
    """What it reads and how, in the order of FACTS; '' where there is nothing to say."""
    words, comma = WORDS[language], tr(", ", language)

    def either(names: Iterable[str]) -> str:
        return words["or"].join(map(code, names))

    def every(names: Iterable[str]) -> str:
        return comma.join(map(code, names))

    def conditions(wanted: Mapping[str, tuple[str, ...]]) -> str:
        return tr("; ", language).join(f"{code(column)}: {every(values)}" for column, values in wanted.items())

    processes = every(mapping.processes)
    people = ("at", mapping.at), ("by", mapping.actor), ("of", mapping.actor_group)
    return (
        mapping.tool,
        export_text(mapping, language),
        words["told by"].format(processes, code(mapping.process_column)) if mapping.process_column else processes,
        comma.join(map(either, mapping.recognise)),
        every('""' if word == "" else word for word in mapping.missing),
        every(mapping.time_formats) + (words["in"].format(mapping.zone) if mapping.zone else words["zoneless"]),
        conditions(mapping.only),
        conditions(mapping.without),
        comma.join(words[word].format(either(names_of(mapping, word, name))) for word, name in people if name),
        every(mapping.history),
        comma.join(f"{code(name)}: {code(kind)}" for name, kind in mapping.links.items()),
    )


KEYS = {"at": "at", "by": "actor", "of": "actor_group"}


def names_of(mapping: MappingDefinition, word: str, name: str) -> tuple[str, ...]:
    """The names that one column may have."""
    return mapping.alternatives.get(KEYS[word], (name,))


def exported(mapping: MappingDefinition, column: str, names: tuple[str, ...], language: Language) -> str:
    """Where a column comes from: the first that exists, or several joined."""
    words = WORDS[language]
    if column in mapping.joined:
        return f" {code(mapping.joined[column])} ".join(map(code, names))
    said = words["or"].join(map(code, names))
    return words["taken"].format(said, words[mapping.taken[column]]) if column in mapping.taken else said
