"""Roles, positions, who holds them, who answers for what, and what must be kept apart."""

from __future__ import annotations

from itsmctl.change.judging import always
from itsmctl.change.kinds.common import demanding, describing
from itsmctl.change.parts import (
    REVIEW,
    REVIEW_SET,
    STRUCTURE,
    STRUCTURE_SET,
    TERM_LIST,
    TERMS,
    WORD_LIST,
    WORDS,
    Kind,
    Table,
    each,
    members,
    months,
    ranked,
    texts,
)
from itsmctl.language import msg

_COMPETENCES: Table = {
    "competences": each("tightened", key="id").called(msg("required competence"), "competence"),
    "competences/*/title": WORDS,
    "competences/*/proof": REVIEW,
    "competences/*/renew": months("loosened", absent="loosened").called(msg("how long a proof counts")),
}

_ROLE: Table = {
    "process": STRUCTURE,
    "responsibilities": TERM_LIST,
    "holders": ranked("loosened", ("one", "many"), default="one").called(msg("number of holders")),
    "groups": members("loosened").called(msg("groups whose members hold it")),
    **_COMPETENCES,
}

_POSITION: Table = {
    "exists": STRUCTURE,
    "holders": ranked("loosened", ("one", "many"), default="one").called(msg("number of holders")),
    "responsibilities": TERM_LIST,
    "standards": texts("tightened"),
    **_COMPETENCES,
    "assessment": TERM_LIST,
    "kpis": members("tightened"),
    "training": WORD_LIST,
    "roles": REVIEW_SET,
}

_ASSIGNMENT: Table = {
    "person": STRUCTURE,
    "also-called": REVIEW_SET,
    "account": REVIEW,
    "role": STRUCTURE,
    "position": STRUCTURE,
    "delegate": STRUCTURE,
    "delegations": STRUCTURE_SET,
    "competences": STRUCTURE_SET,
    "appointed": STRUCTURE,
}

_RACI: Table = {
    "process": STRUCTURE,
    "activities": each("structural").called(msg("activity"), "activity"),
    "activities/*/R": STRUCTURE_SET.called(msg("responsible"), "responsible"),
    "activities/*/A": REVIEW_SET.called(msg("accountable"), "accountable"),
    "activities/*/C": STRUCTURE_SET.called(msg("consulted"), "consulted"),
    "activities/*/I": STRUCTURE_SET.called(msg("informed"), "informed"),
}

_SEPARATION: Table = {
    "duties": each("tightened", key="id").called(msg("separated duties"), "duty"),
    "duties/*/title": WORDS,
    "duties/*/sides": REVIEW_SET,
    "duties/*/within": ranked("tightened", ("record", "person")).called(msg("kept apart within")),
    "duties/*/reason": TERMS,
    "duties/*/rules": members("tightened"),
    "duties/*/clauses": STRUCTURE_SET,
}

KINDS = {
    "role": Kind(describing(_ROLE)),
    "position": Kind(describing(_POSITION)),
    "assignment": Kind(describing(_ASSIGNMENT)),
    "raci": Kind(describing(_RACI)),
    "separation": Kind(demanding(_SEPARATION), always("tightened"), always("loosened")),
}
