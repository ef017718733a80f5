"""What is said of outputs beside what their schemas say, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.model import Language
from itsmctl.sampling.population import POPULATION_FILE, TARGETED_FILE
from itsmctl.sampling.sample import PAPER_FILE, SAMPLE_FILE, WORKBOOK_FILE

TEXT: Mapping[str, Mapping[Language, str]] = {
    "introduction": {
        "en": """# Outputs

What scripts may rely on. Formats carry a version (`itsmctl/result/v1`); keys and columns are only added within one.
Everything is written with sorted keys, UTC times and no trace of the machine: the same inputs give the same bytes.

""",
        "zh": """# 输出

脚本可以依赖的内容。格式带有版本（`itsmctl/result/v1`）；同一版本之内只增加键和列。一切输出的键都排序，时间为 UTC，不留机器的痕迹：
同样的输入得到同样的字节。

""",
    },
    "dataset": {
        "en": """## Dataset folder

Written by `itsmctl import FILE... -o DIR`. Texts are as exported, in Unicode form NFC; times are UTC. Columns of the export that the
model does not know are kept in `attributes`, a JSON object in the order of the file.

### record.parquet

One row per ticket, sorted by `record_id`.

""",
        "zh": """## 数据集文件夹

由 `itsmctl import FILE... -o DIR` 写出。文字与导出时相同，采用 Unicode 规范形式 NFC；时间为 UTC。模型没有的导出列保留在 `attributes` 中，为 JSON 对象，按文件中的次序。

### record.parquet

每张工单一行，按 `record_id` 排序。

""",
    },
    "receipt": {
        "en": "### receipt.json\n\nWhat was read, and what became of every row; its JSON Schema is printed by `itsmctl schema receipt`.\n\n",
        "zh": "### receipt.json\n\n读入了什么，每一行的去向如何；其 JSON Schema 由 `itsmctl schema receipt` 打印。\n\n",
    },
    "export": {
        "en": """## Dataset as CSV

Written by `itsmctl export DATASET -o DIR`: `record.csv`, `event.csv`, `approval.csv`, `link.csv`, `reject.csv`, with the
columns of the dataset folder, and `export.json`, whose JSON Schema is printed by `itsmctl schema export`.

""",
        "zh": """## CSV 形式的数据集

由 `itsmctl export DATASET -o DIR` 写出：`record.csv`、`event.csv`、`approval.csv`、`link.csv`、`reject.csv`，各列与数据集文件夹相同；
以及 `export.json`，其 JSON Schema 由 `itsmctl schema export` 打印。

""",
    },
    "result": {
        "en": """## Result folder

Written by `itsmctl audit -o DIR`: `result.json`, `verdicts.parquet`, `findings.csv`, `report.html`,
`report.zh.html`, and the `receipt.json` of the dataset. Without `--with-names` also `redaction.json` and `people.csv`.

### result.json

Also `itsmctl audit --format json`; its JSON Schema is printed by `itsmctl schema result`.

""",
        "zh": """## 结果文件夹

由 `itsmctl audit -o DIR` 写出：`result.json`、`verdicts.parquet`、`findings.csv`、`report.html`、`report.zh.html`，以及数据集的
`receipt.json`。没有 `--with-names` 时，还有 `redaction.json` 和 `people.csv`。

### result.json

即 `itsmctl audit --format json` 的输出；其 JSON Schema 由 `itsmctl schema result` 打印。

""",
    },
    "verdicts": {
        "en": "### verdicts.parquet\n\nEvery verdict that is not a plain pass, sorted by rule and record; with `--all-verdicts` the passes too.\n\n",
        "zh": "### verdicts.parquet\n\n除单纯通过之外的每个判定，按规则和记录排序；写 `--all-verdicts` 时也含通过的。\n\n",
    },
    "findings": {
        "en": """### findings.csv

Every verdict that failed, for a spreadsheet: {columns}. `source_file` and `source_row` are the row of the export from
which the record came, as in the [dataset folder](#dataset-folder); they are empty where a rule judges groups, files or registers.
UTF-8 with a byte order mark, so that Excel reads Chinese; a cell that a spreadsheet could take for a formula has an apostrophe in front.
""",
        "zh": """### findings.csv

每个未通过的判定，供电子表格使用：{columns}。`source_file` 和 `source_row` 是该记录所来自的导出文件及行，与[数据集文件夹](#数据集文件夹)相同；
规则判定的是分组、文件或台账时为空。UTF-8，带字节顺序标记，好让 Excel 正确读取中文；可能被电子表格当作公式的单元格，前面加一个单引号。
""",
    },
    "redaction": {
        "en": """### redaction.json

What is shown otherwise than the tickets have it, and what is left out. `withheld` counts verdicts whose rule may have
quoted a name or a free text, so that `observed` says `left out`.

""",
        "zh": """### redaction.json

哪些内容的显示与工单不同，哪些被省去。`withheld` 统计其规则可能引用人名或自由文字的判定，它们的 `observed` 为 `left out`。

""",
    },
    "people": {
        "en": "\n### people.csv\n\nEvery pseudonym of the result, and the name behind it sealed with the key (AES-SIV, base64); `itsmctl evidence reveal` opens it.\n",
        "zh": "\n### people.csv\n\n结果中的每个化名，及其背后用密钥封存的姓名（AES-SIV，base64）；用 `itsmctl evidence reveal` 打开。\n",
    },
    "explanation": {
        "en": """## Explanation

`itsmctl explain RECORD --tickets PATH --format json`. The seconds of a ledger add up to stop − start; `kind` is
`counted`, `paused` or `closed`.

""",
        "zh": """## 解释

`itsmctl explain RECORD --tickets PATH --format json` 的输出。明细账（ledger）的秒数之和等于 stop − start；`kind` 为 `counted`（计时）、
`paused`（暂停）或 `closed`（服务时间外）。

""",
    },
    "clock": {
        "en": """## Clock

`itsmctl clock --format json`. `deadline` and `verdict` are null without `--target`. Moments carry the offset of the
calendar's zone. Special days are known up to `known_until` (null: all); what lies after it counts by the week.

""",
        "zh": """## 时钟

`itsmctl clock --format json` 的输出。没有 `--target` 时，`deadline` 和 `verdict` 为 null。时刻带有日历时区的时差。特殊日期已知至 `known_until`
（null：全部）；此后按周计。

""",
    },
    "coverage": {"en": "Coverage", "zh": "覆盖情况"},
    "honesty": {"en": "Honesty report", "zh": "可信度报告"},
    "assessment": {"en": "Assessment", "zh": "评估"},
    "scorecard": {"en": "Scorecard", "zh": "记分卡"},
    "view": {"en": "Views of a scorecard", "zh": "记分卡的视图"},
    "experience": {"en": "Customer experience", "zh": "客户体验"},
    "service report": {"en": "Service report", "zh": "服务报告"},
    "complaints": {"en": "Complaints ledger", "zh": "抱怨台账"},
    "next": {"en": "Next steps", "zh": "下一步"},
    "diff": {"en": "Changes of definitions", "zh": "定义的变更"},
    "replay": {"en": "Replay", "zh": "回放"},
    "gate": {"en": "Gate", "zh": "闸门"},
    "printed": {
        "en": "Printed by `{command}`; its JSON Schema is printed by `itsmctl schema {schema}`.",
        "zh": "由 `{command}` 输出；其 JSON Schema 由 `itsmctl schema {schema}` 打印。",
    },
    "codes": {
        "en": " The codes are listed in [Changes](changes.md).",
        "zh": "代码见[变更一览](changes.zh.md)。",
    },
    "statement": {
        "en": "## Statement\n\n`data/statement.json` of an evidence pack; its JSON Schema is printed by `itsmctl schema statement`.\n\n",
        "zh": "## 声明\n\n证据包中的 `data/statement.json`；其 JSON Schema 由 `itsmctl schema statement` 打印。\n\n",
    },
    "sample": {
        "en": "## Sample\n\nWritten by `itsmctl sample draw FOLDER`; backslashes and control characters of a record stand there as `printf %b` reads them.\n\n",
        "zh": "## 样本\n\n由 `itsmctl sample draw FOLDER` 写出；记录中的反斜杠和控制字符，写成 `printf %b` 能读回的形式。\n\n",
    },
    "paper": {
        "en": "\n### working-paper.yaml\n\nIts JSON Schema is printed by `itsmctl schema sample`.\n\n",
        "zh": "\n### working-paper.yaml\n\n其 JSON Schema 由 `itsmctl schema sample` 打印。\n\n",
    },
    "pack": {
        "en": "## Evidence pack\n\nWritten by `itsmctl evidence build RESULT -o PACK`; a zip where the name ends in `.zip`, else a folder.\n\n",
        "zh": "## 证据包\n\n由 `itsmctl evidence build RESULT -o PACK` 写出；名称以 `.zip` 结尾时为 zip，否则为文件夹。\n\n",
    },
    "truth": {
        "en": "## Truth\n\n`truth.json` beside generated tickets: everything that an audit must find, and nothing else.\n\n",
        "zh": "## 预埋事实\n\n生成的工单旁的 `truth.json`：审核应当发现的一切，此外再无其他。\n\n",
    },
}

TABLES: Mapping[str, Mapping[Language, str]] = {
    "event": {
        "en": "One row per change of a field, sorted by record and number, and the row of the export that tells it.",
        "zh": "字段每次改变一行，按记录和序号排序，并写明出自导出数据的哪一行。",
    },
    "approval": {
        "en": "One row per decision of an approver, and the row of the export that tells it.",
        "zh": "批准人的每次决定一行，并写明出自导出数据的哪一行。",
    },
    "link": {"en": "One row per link to another record.", "zh": "与另一条记录的每个关联一行。"},
    "reject": {
        "en": "One row per row or value that could not be read. Rows count from 1 beneath the header, blank ones not counted; where "
        "`header-row` names the header, on from its own number.",
        "zh": "无法读取的每一行或每个值各一行。行号从表头之下的 1 开始计数，空行不计；若 `header-row` 指定了表头，则从表头的行号接着计数。",
    },
}

SAMPLE: Mapping[str, Mapping[Language, str]] = {
    POPULATION_FILE: {
        "en": "one line per record: number of its stratum, record, stratum; its SHA-256 is the digest that is written down",
        "zh": "每条记录一行：所属层的编号、记录、层；其 SHA-256 就是要记下的摘要值",
    },
    TARGETED_FILE: {
        "en": "one line per record that is examined whatever the draw",
        "zh": "不论抽到与否都检查的每条记录一行",
    },
    SAMPLE_FILE: {"en": "plan and population, fixed before the draw", "zh": "抽样方案和总体，在抽取之前固定"},
    PAPER_FILE: {
        "en": "the working paper to fill in: the same with the draw and a row for each record",
        "zh": "待填写的工作底稿：同样的内容，加上抽取结果和每条记录一行",
    },
    WORKBOOK_FILE: {"en": "the same as a workbook", "zh": "同样的内容，为工作簿"},
}

VERDICT: Mapping[str, Mapping[Language, str]] = {
    "rule": {"en": "Id of the rule.", "zh": "规则的 id。"},
    "record_id": {
        "en": "The record; for a rule about groups the key of the group, such as `erp / 2026-03`.",
        "zh": "记录；按组统计的规则为组名，如 `erp / 2026-03`。",
    },
    "passed": {"en": "true, false, or null where it could not be tested.", "zh": "true、false，无法检验则为 null。"},
    "observed": {"en": "What was found.", "zh": "发现的内容。"},
    "expected": {"en": "What the rule wants.", "zh": "规则的要求。"},
    "at": {"en": "The moment that the verdict is about, UTC.", "zh": "判定所针对的时刻，UTC。"},
    "reason": {
        "en": "Why it could not be tested, see [codes](problems.md#why-something-was-not-testable).",
        "zh": "为何无法检验，见[代码](problems.zh.md#为何无法检验)。",
    },
    "waiver": {"en": "The waiver that excuses the failure, if any.", "zh": "免除该未通过的豁免，如有。"},
    "baseline": {
        "en": "The baseline that knows the failure, if one was named and does.",
        "zh": "已知该未通过的基线，如果指定了基线且其中有它。",
    },
}

PACK: Sequence[tuple[str, Mapping[Language, str]]] = (
    (
        "bagit.txt, bag-info.txt",
        {
            "en": "the BagIt 1.0 declaration (RFC 8493) and what the bag is",
            "zh": "BagIt 1.0 声明（RFC 8493），以及这个包是什么",
        },
    ),
    (
        "manifest-sha256.txt, manifest-sha512.txt",
        {
            "en": "a checksum of every file under data/",
            "zh": "data/ 下每个文件的校验值",
        },
    ),
    (
        "tagmanifest-sha256.txt, tagmanifest-sha512.txt",
        {
            "en": "a checksum of the files above; the digest of the pack is that of `tagmanifest-sha256.txt`",
            "zh": "以上文件的校验值；证据包的摘要值就是 `tagmanifest-sha256.txt` 的摘要值",
        },
    ),
    (
        "signature/attestation.dsse.json",
        {
            "en": "of a signed pack: an in-toto Statement v1 whose subjects are all the files above, in a DSSE envelope; its predicate says what was audited",
            "zh": "已签名的证据包才有：in-toto Statement v1，其 subject 是以上全部文件，置于 DSSE 信封中；其 predicate 写明审核了什么",
        },
    ),
    (
        "signature/pae.bin, signature/sig.bin, signature/public-key.pem",
        {
            "en": "the bytes that are signed, the Ed25519 signature and the public key, as files for `openssl`",
            "zh": "所签的字节、Ed25519 签名和公钥，存为文件，供 `openssl` 使用",
        },
    ),
    (
        "timestamp/request.tsq, timestamp/response.tsr",
        {
            "en": "a request for a time-stamp (RFC 3161) of the envelope, or of `tagmanifest-sha256.txt` where there is none; and the answer of an authority once it was attached",
            "zh": "为信封（没有则为 `tagmanifest-sha256.txt`）请求时间戳（RFC 3161）；附上之后还有时间戳机构的答复",
        },
    ),
    (
        "data/README.md, data/README.zh.md",
        {
            "en": "what is what, how to check it, and what it proves",
            "zh": "什么是什么，如何核验，证明什么",
        },
    ),
    (
        "data/statement.html, .pdf, .md, .json",
        {
            "en": "clause by clause, for the whole system and for each process: what is defined, tested and recorded, and what is not evidenced",
            "zh": "逐条款，针对整个体系和每个流程：定义了什么、检验了什么、记录了什么，以及什么未见证据",
        },
    ),
    (
        "data/result/",
        {
            "en": "the result folder of the audit",
            "zh": "审核的结果文件夹",
        },
    ),
    (
        "data/papers/rules.xlsx, data/papers/clauses.xlsx",
        {
            "en": "working papers: a sheet for each rule with its findings and the row of the export that each came from (at most 20,000 in all, shared among the rules), and for each clause",
            "zh": "工作底稿：每条规则一张表，列出其发现及所来自的导出行（合计至多 20,000 条，各规则分摊）；每个条款一张表",
        },
    ),
    (
        "data/tables/",
        {
            "en": "rules, clauses and findings as CSV and Parquet, and the verdicts as CSV where they are no more than 100,000",
            "zh": "规则、条款和发现，为 CSV 和 Parquet；判定不超过 100,000 个时，另有 CSV",
        },
    ),
    (
        "data/exchange/",
        {
            "en": "OSCAL 1.2.1 assessment results, SARIF 2.1.0 (at most 5,000 results, shared among the rules), JUnit",
            "zh": "OSCAL 1.2.1 评估结果、SARIF 2.1.0（至多 5,000 条结果，各规则分摊）、JUnit",
        },
    ),
    (
        "data/waivers.csv",
        {
            "en": "the waivers that the audit looked at, with their approval, how many failures each excuses, and what is wrong with it; absent without any",
            "zh": "审核所查看的豁免，及其批准、各免除多少条未通过、有何问题；没有则不出现",
        },
    ),
    (
        "data/samples/NAME/",
        {
            "en": "a sample that people examined, for each `--sample`: plan, population, filled-in paper, and its evaluation",
            "zh": "由人检查的样本，每个 `--sample` 一份：抽样方案、总体、填好的工作底稿及其评价",
        },
    ),
    (
        "data/enquiries/",
        {
            "en": "enquiries with their counts, and the records to ask about (at most 20,000 in all), in which nobody is named; absent without any",
            "zh": "问询及其计数，以及要询问的记录（合计至多 20,000 条），其中不出现人名；没有则不出现",
        },
    ),
    (
        "data/definitions/, data/definitions.json",
        {
            "en": "the exact definitions and schemas that judged, their commit and checksums",
            "zh": "据以判定的定义和模式的原文，及其提交和校验值",
        },
    ),
    (
        "data/history.csv",
        {
            "en": "document control: which commits changed each definition; absent outside git",
            "zh": "文件控制：每项定义由哪些提交改动；不在 git 中则不出现",
        },
    ),
    (
        "data/receipts/receipt.json, data/inputs.csv",
        {
            "en": "what was imported, with the checksums of the exported files",
            "zh": "导入了什么，以及导出文件的校验值",
        },
    ),
)
