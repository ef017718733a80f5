"""The definitions as typed, frozen values; what YAML says once it has been read, checked and cross-checked.

Every name can be imported from here. Its module is loaded when the name is first asked for: making a hundred and fifty
dataclasses costs more than most commands take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsmctl.lazily import homes, loader

if TYPE_CHECKING:
    from itsmctl.model.agreements import Agreement as Agreement
    from itsmctl.model.agreements import ClockDefinition as ClockDefinition
    from itsmctl.model.agreements import Contract as Contract
    from itsmctl.model.agreements import Leg as Leg
    from itsmctl.model.agreements import LegName as LegName
    from itsmctl.model.agreements import OperationalAgreement as OperationalAgreement
    from itsmctl.model.agreements import Renewal as Renewal
    from itsmctl.model.agreements import SupportTerms as SupportTerms
    from itsmctl.model.agreements import Target as Target
    from itsmctl.model.agreements import WorkloadLimit as WorkloadLimit
    from itsmctl.model.assessments import Answer as Answer
    from itsmctl.model.assessments import Assessment as Assessment
    from itsmctl.model.assessments import Cap as Cap
    from itsmctl.model.assessments import Dimension as Dimension
    from itsmctl.model.assessments import Effort as Effort
    from itsmctl.model.assessments import Evidence as Evidence
    from itsmctl.model.assessments import Horizon as Horizon
    from itsmctl.model.assessments import Level as Level
    from itsmctl.model.assessments import Question as Question
    from itsmctl.model.assessments import Questionnaire as Questionnaire
    from itsmctl.model.assessments import QuestionnaireCriterion as QuestionnaireCriterion
    from itsmctl.model.assessments import Recommendation as Recommendation
    from itsmctl.model.assessments import Response as Response
    from itsmctl.model.assessments import ScaleStep as ScaleStep
    from itsmctl.model.assessments import Survey as Survey
    from itsmctl.model.assessments import SurveyRun as SurveyRun
    from itsmctl.model.audits import AuditPlan as AuditPlan
    from itsmctl.model.audits import DateOrder as DateOrder
    from itsmctl.model.audits import MappingDefinition as MappingDefinition
    from itsmctl.model.audits import MappingShape as MappingShape
    from itsmctl.model.audits import MappingTable as MappingTable
    from itsmctl.model.audits import Programme as Programme
    from itsmctl.model.audits import SamplingPlan as SamplingPlan
    from itsmctl.model.audits import Taking as Taking
    from itsmctl.model.catalog import STAGES as STAGES
    from itsmctl.model.catalog import Calendar as Calendar
    from itsmctl.model.catalog import Certificate as Certificate
    from itsmctl.model.catalog import Continuity as Continuity
    from itsmctl.model.catalog import Criterion as Criterion
    from itsmctl.model.catalog import Customer as Customer
    from itsmctl.model.catalog import Grade as Grade
    from itsmctl.model.catalog import OfferedRequest as OfferedRequest
    from itsmctl.model.catalog import Service as Service
    from itsmctl.model.catalog import Slot as Slot
    from itsmctl.model.catalog import SpecialDay as SpecialDay
    from itsmctl.model.catalog import Stage as Stage
    from itsmctl.model.catalog import Supplier as Supplier
    from itsmctl.model.catalog import SupplierAssessment as SupplierAssessment
    from itsmctl.model.catalog import TechnicianView as TechnicianView
    from itsmctl.model.catalog import UserView as UserView
    from itsmctl.model.clocks import DEFAULT_POLICY as DEFAULT_POLICY
    from itsmctl.model.clocks import ZONE_OF_CALENDAR as ZONE_OF_CALENDAR
    from itsmctl.model.clocks import CalendarVersion as CalendarVersion
    from itsmctl.model.clocks import ClockCondition as ClockCondition
    from itsmctl.model.clocks import ClockPolicy as ClockPolicy
    from itsmctl.model.clocks import ConditionRole as ConditionRole
    from itsmctl.model.clocks import PauseLimit as PauseLimit
    from itsmctl.model.columns import APPROVAL as APPROVAL
    from itsmctl.model.columns import APPROVAL_COLUMNS as APPROVAL_COLUMNS
    from itsmctl.model.columns import BOOLEAN_COLUMNS as BOOLEAN_COLUMNS
    from itsmctl.model.columns import CHANGING_COLUMNS as CHANGING_COLUMNS
    from itsmctl.model.columns import DESCRIBING_COLUMNS as DESCRIBING_COLUMNS
    from itsmctl.model.columns import EVENT_COLUMNS as EVENT_COLUMNS
    from itsmctl.model.columns import FILLED_LATER as FILLED_LATER
    from itsmctl.model.columns import FORESEEN_COLUMNS as FORESEEN_COLUMNS
    from itsmctl.model.columns import FREE_TEXT_COLUMNS as FREE_TEXT_COLUMNS
    from itsmctl.model.columns import LATER_COLUMNS as LATER_COLUMNS
    from itsmctl.model.columns import LIFE_COLUMNS as LIFE_COLUMNS
    from itsmctl.model.columns import LINK_COLUMNS as LINK_COLUMNS
    from itsmctl.model.columns import MAPPED_COLUMNS as MAPPED_COLUMNS
    from itsmctl.model.columns import NAMING_COLUMNS as NAMING_COLUMNS
    from itsmctl.model.columns import NUMBER_COLUMNS as NUMBER_COLUMNS
    from itsmctl.model.columns import PEOPLE_COLUMNS as PEOPLE_COLUMNS
    from itsmctl.model.columns import PEOPLE_OF_EVENTS as PEOPLE_OF_EVENTS
    from itsmctl.model.columns import RECORD_COLUMNS as RECORD_COLUMNS
    from itsmctl.model.columns import REFERRING_COLUMNS as REFERRING_COLUMNS
    from itsmctl.model.columns import REJECT_COLUMNS as REJECT_COLUMNS
    from itsmctl.model.columns import SOURCE_COLUMNS as SOURCE_COLUMNS
    from itsmctl.model.columns import TEXT_COLUMNS as TEXT_COLUMNS
    from itsmctl.model.columns import THING_COLUMNS as THING_COLUMNS
    from itsmctl.model.columns import TIME_COLUMNS as TIME_COLUMNS
    from itsmctl.model.columns import UNREAD as UNREAD
    from itsmctl.model.columns import UNTOLD as UNTOLD
    from itsmctl.model.columns import Gap as Gap
    from itsmctl.model.complaints import Complaint as Complaint
    from itsmctl.model.complaints import ComplaintSign as ComplaintSign
    from itsmctl.model.complaints import OwnFigure as OwnFigure
    from itsmctl.model.definition import SEVERITIES as SEVERITIES
    from itsmctl.model.definition import ClockRole as ClockRole
    from itsmctl.model.definition import Condition as Condition
    from itsmctl.model.definition import Conditions as Conditions
    from itsmctl.model.definition import Definition as Definition
    from itsmctl.model.definition import Effective as Effective
    from itsmctl.model.definition import Language as Language
    from itsmctl.model.definition import Limit as Limit
    from itsmctl.model.definition import Outcome as Outcome
    from itsmctl.model.definition import Phase as Phase
    from itsmctl.model.definition import ReviewCycle as ReviewCycle
    from itsmctl.model.definition import Severity as Severity
    from itsmctl.model.definition import Text as Text
    from itsmctl.model.definition import months_after as months_after
    from itsmctl.model.deviations import Baseline as Baseline
    from itsmctl.model.deviations import KnownFindings as KnownFindings
    from itsmctl.model.deviations import Waiver as Waiver
    from itsmctl.model.frameworks import Clause as Clause
    from itsmctl.model.frameworks import ClauseType as ClauseType
    from itsmctl.model.frameworks import Crosswalk as Crosswalk
    from itsmctl.model.frameworks import EvidenceClass as EvidenceClass
    from itsmctl.model.frameworks import Framework as Framework
    from itsmctl.model.frameworks import Objective as Objective
    from itsmctl.model.frameworks import Subject as Subject
    from itsmctl.model.frameworks import WayOfChecking as WayOfChecking
    from itsmctl.model.frameworks import covers as covers
    from itsmctl.model.frameworks import headings as headings
    from itsmctl.model.frameworks import within as within
    from itsmctl.model.improvement import Attendee as Attendee
    from itsmctl.model.improvement import Correction as Correction
    from itsmctl.model.improvement import CorrectiveAction as CorrectiveAction
    from itsmctl.model.improvement import Decision as Decision
    from itsmctl.model.improvement import Effectiveness as Effectiveness
    from itsmctl.model.improvement import ManagementReview as ManagementReview
    from itsmctl.model.improvement import Nonconformity as Nonconformity
    from itsmctl.model.improvement import ReviewInput as ReviewInput
    from itsmctl.model.indicators import Attested as Attested
    from itsmctl.model.indicators import Band as Band
    from itsmctl.model.indicators import ClockShare as ClockShare
    from itsmctl.model.indicators import DefinitionShare as DefinitionShare
    from itsmctl.model.indicators import Kpi as Kpi
    from itsmctl.model.indicators import MaturityLevel as MaturityLevel
    from itsmctl.model.indicators import Measure as Measure
    from itsmctl.model.indicators import RecordFigure as RecordFigure
    from itsmctl.model.indicators import RegisterFigure as RegisterFigure
    from itsmctl.model.indicators import RuleShare as RuleShare
    from itsmctl.model.indicators import SurveyFigure as SurveyFigure
    from itsmctl.model.naming import Names as Names
    from itsmctl.model.naming import names_of as names_of
    from itsmctl.model.policies import GROUPED as GROUPED
    from itsmctl.model.policies import Parameter as Parameter
    from itsmctl.model.policies import Rule as Rule
    from itsmctl.model.procedures import Procedure as Procedure
    from itsmctl.model.procedures import Step as Step
    from itsmctl.model.process import END as END
    from itsmctl.model.process import OUTSIDE as OUTSIDE
    from itsmctl.model.process import Activity as Activity
    from itsmctl.model.process import Artefact as Artefact
    from itsmctl.model.process import Code as Code
    from itsmctl.model.process import CodeList as CodeList
    from itsmctl.model.process import Flow as Flow
    from itsmctl.model.process import FormField as FormField
    from itsmctl.model.process import Interface as Interface
    from itsmctl.model.process import Lane as Lane
    from itsmctl.model.process import Principle as Principle
    from itsmctl.model.process import PriorityMatrix as PriorityMatrix
    from itsmctl.model.process import Process as Process
    from itsmctl.model.process import State as State
    from itsmctl.model.process import WorkProduct as WorkProduct
    from itsmctl.model.registers import Cell as Cell
    from itsmctl.model.registers import ColumnType as ColumnType
    from itsmctl.model.registers import Register as Register
    from itsmctl.model.registers import RegisterColumn as RegisterColumn
    from itsmctl.model.registers import RegisterRow as RegisterRow
    from itsmctl.model.registers import RowSource as RowSource
    from itsmctl.model.roles import Account as Account
    from itsmctl.model.roles import Assignment as Assignment
    from itsmctl.model.roles import Competence as Competence
    from itsmctl.model.roles import Delegation as Delegation
    from itsmctl.model.roles import Holders as Holders
    from itsmctl.model.roles import Position as Position
    from itsmctl.model.roles import Proof as Proof
    from itsmctl.model.roles import Raci as Raci
    from itsmctl.model.roles import Role as Role
    from itsmctl.model.roles import SeparatedDuties as SeparatedDuties
    from itsmctl.model.roles import Separation as Separation
    from itsmctl.model.roles import Side as Side
    from itsmctl.model.statements import Communication as Communication
    from itsmctl.model.statements import Policy as Policy
    from itsmctl.model.statements import Statement as Statement
    from itsmctl.model.system import FIELD_OF_KIND as FIELD_OF_KIND
    from itsmctl.model.system import Definitions as Definitions

_MODULES = {
    "agreements": "Agreement ClockDefinition Contract Leg LegName OperationalAgreement Renewal SupportTerms Target WorkloadLimit",
    "assessments": "Answer Assessment Cap Dimension Effort Evidence Horizon Level Question Questionnaire QuestionnaireCriterion Recommendation Response ScaleStep Survey SurveyRun",
    "audits": "AuditPlan DateOrder MappingDefinition MappingShape MappingTable Programme SamplingPlan Taking",
    "catalog": "Calendar Certificate Continuity Criterion Customer Grade OfferedRequest STAGES Service Slot SpecialDay Stage Supplier SupplierAssessment TechnicianView UserView",
    "clocks": "CalendarVersion ClockCondition ClockPolicy ConditionRole DEFAULT_POLICY PauseLimit ZONE_OF_CALENDAR",
    "complaints": "Complaint ComplaintSign OwnFigure",
    "columns": "APPROVAL APPROVAL_COLUMNS BOOLEAN_COLUMNS CHANGING_COLUMNS DESCRIBING_COLUMNS EVENT_COLUMNS FILLED_LATER FORESEEN_COLUMNS FREE_TEXT_COLUMNS Gap LATER_COLUMNS LIFE_COLUMNS LINK_COLUMNS MAPPED_COLUMNS NAMING_COLUMNS NUMBER_COLUMNS PEOPLE_COLUMNS PEOPLE_OF_EVENTS RECORD_COLUMNS REFERRING_COLUMNS REJECT_COLUMNS SOURCE_COLUMNS TEXT_COLUMNS THING_COLUMNS TIME_COLUMNS UNREAD UNTOLD",
    "definition": "ClockRole Condition Conditions Definition Effective Language Limit Outcome Phase ReviewCycle SEVERITIES Severity Text months_after",
    "deviations": "Baseline KnownFindings Waiver",
    "frameworks": "Clause ClauseType Crosswalk EvidenceClass Framework Objective Subject WayOfChecking covers headings within",
    "improvement": "Attendee Correction CorrectiveAction Decision Effectiveness ManagementReview Nonconformity ReviewInput",
    "indicators": "Attested Band ClockShare DefinitionShare Kpi MaturityLevel Measure RecordFigure RegisterFigure RuleShare SurveyFigure",
    "naming": "Names names_of",
    "policies": "GROUPED Parameter Rule",
    "procedures": "Procedure Step",
    "process": "Activity Artefact Code CodeList END Flow FormField Interface Lane OUTSIDE Principle PriorityMatrix Process State WorkProduct",
    "registers": "Cell ColumnType Register RegisterColumn RegisterRow RowSource",
    "roles": "Account Assignment Competence Delegation Holders Position Proof Raci Role SeparatedDuties Separation Side",
    "statements": "Communication Policy Statement",
    "system": "Definitions FIELD_OF_KIND",
}
_HOME = homes(_MODULES)

__all__ = list(_HOME)  # noqa: PLE0605
__getattr__ = loader(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(_HOME)
