"""One sentence about a definition, for lists."""

from __future__ import annotations

from itsmctl.language import Language, tr
from itsmctl.model import (
    Agreement,
    Assessment,
    AuditPlan,
    Baseline,
    Calendar,
    CodeList,
    Contract,
    Crosswalk,
    Customer,
    Framework,
    Kpi,
    ManagementReview,
    MappingDefinition,
    Nonconformity,
    OperationalAgreement,
    Policy,
    Position,
    Procedure,
    Process,
    Programme,
    Questionnaire,
    Raci,
    Register,
    Role,
    Rule,
    Service,
    Supplier,
    Survey,
    Text,
    Waiver,
)


def summary(one: object, language: Language) -> str:
    """What it is about, in the words of its author; '' where they have not said."""
    return _text(one).in_(language) or _counted(one, language)


def _text(one: object) -> Text:
    match one:
        case Service() | Customer() | Supplier() | Questionnaire():
            return one.description
        case Process() | Policy() | Procedure() | Register():
            return one.purpose
        case OperationalAgreement() | Contract():
            return one.terms.scope
        case Role() | Position():
            return next(iter(one.responsibilities), Text())
        case Kpi():
            return one.definition
        case Rule():
            return one.rationale
        case Framework():
            return one.attribution
        case Programme():
            return one.method
        case AuditPlan():
            return one.scope
        case Nonconformity():
            return one.nature
        case ManagementReview():
            return one.conclusion
        case Waiver() | Baseline():
            return one.reason
        case Assessment():
            return one.current_state
        case Survey():
            return one.method
        case _:
            return Text()


def _counted(one: object, language: Language) -> str:
    match one:
        case Agreement():
            return tr(", ", language).join(clock.title.in_(language) for clock in one.clocks.values())
        case Calendar():
            return one.zone
        case MappingDefinition():
            return one.tool
        case Crosswalk():
            return tr(", ", language).join(one.frameworks)
        case CodeList():
            return tr(", ", language).join(code.title.in_(language) for code in one.codes)
        case Raci():
            return tr(", ", language).join(one.activities)
        case _:
            return ""
