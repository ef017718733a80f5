"""From the story to tickets: each one is drawn, lived, bent where planned, cut at the export, and judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.generate import deeds, details, people, plan, practice, rhythm
from itsmctl.generate.changes import Crew
from itsmctl.generate.deeds import Scene
from itsmctl.generate.diary import Diary
from itsmctl.generate.dice import Dice
from itsmctl.generate.judge import Judge, Planted
from itsmctl.generate.life import ORDINARY, Promise, Team, live
from itsmctl.generate.practice import Practice, Reference
from itsmctl.generate.roster import Roster
from itsmctl.generate.sidelines import Scenery
from itsmctl.generate.symptoms import Catalogue, Symptom
from itsmctl.generate.terms import Agreements, Terms, offered
from itsmctl.generate.ticket import Ticket
from itsmctl.generate.violations import VIOLATIONS, Violation
from itsmctl.model import Customer, Definitions, Service

PREFIX = "INC"
_FIRST_NUMBER = 10_021
_CHANNELS = (("phone", 40), ("self-service", 30), ("email", 18), ("chat", 8), ("walk-in", 4))
_PRIORITIES = (("P2", 60), ("P3", 650), ("P4", 290))
_MONITORED_PRIORITIES = (("P2", 160), ("P3", 640), ("P4", 200))
_BREACHES = (
    "Part was not in stock 备件缺货",
    "Supplier came late 供应商到场延误",
    "Too few people on that day 当日人手不足",
)
_NOTHING = Reference()
_NOT_A_CURE = ("duplicate", "no-answer")


@dataclass(frozen=True)
class World:
    """Everything that all tickets share."""

    definitions: Definitions
    agreements: Agreements
    staff: people.Staff
    catalogue: Catalogue
    cells: dict[tuple[str, str], str]
    closure_codes: tuple[str, ...]
    when: rhythm.Period
    openings: list[rhythm.Opening]
    story: plan.Story
    practice: Practice
    roster: Roster
    judge: Judge
    dice: Dice
    notes: Dice
    """For what stands beside the lives, so that these stay what they are."""
    crews: Mapping[str, str]
    """The group of whoever works on incidents."""
    repeats: list[Ticket] = field(default_factory=list)
    """Tickets that were closed and are to be reported again at once."""


def create(definitions: Definitions, records: int, seed: int, when: rhythm.Period) -> World:
    """Decide everything that has to be known before the first ticket is written."""
    dice = Dice(seed)
    agreements = Agreements(definitions, when.start, when.as_of)
    home = [calendar for calendar in definitions.calendars.values() if calendar.zone == rhythm.ZONE.key]
    openings = rhythm.openings(when, records, plan.bad_month_of(when), home, dice)
    services = offered(definitions, when.start)
    if not services:
        template = "the catalogue has no service that is live on {day}, so there is nothing to make tickets for"
        raise ItsmctlError(Problem("no-live-service", template, values={"day": when.days[0]}))
    process, lists = definitions.processes.get("incident"), definitions.code_lists
    codes = process.codes if process else {}
    closure = lists.get(codes.get("closure", ""))
    matrix = definitions.matrices.get("incident-priority")
    named = people.appointed(definitions, when.days[0], when.days[-1])
    staff = people.hire(dice, records, named, frozenset(one.person for one in definitions.assignments.values()))
    story = plan.tell(definitions, agreements, openings, services, when, dice)
    crew = Crew(Roster(definitions, staff), Diary(when, home), Dice(2 * seed + 1))
    desk = people.FIRST_LINE["shanghai"]
    crews = {**staff.crews, deeds.NEWCOMER: desk, crew.roster.leaver(when.start): desk}
    matrices = definitions.matrices
    scenery = Scenery(
        openings=openings,
        services=story.services,
        taken=frozenset((*story.deeds, *story.majors, len(openings) - 1)),
        majors=tuple(sorted(i for i in story.majors if story.deeds.get(i) != "no-problem")),
        numbers=[number_of(story, index) for index in range(len(openings))],
        offered=services,
        staff=staff,
        catalogue=Catalogue(lists.get(codes.get("category", ""))),
        problem_cells=matrices["problem-priority"].cells if "problem-priority" in matrices else {},
        security_cells=matrices["security-priority"].cells if "security-priority" in matrices else {},
    )
    return World(
        definitions=definitions,
        agreements=agreements,
        staff=staff,
        catalogue=scenery.catalogue,
        cells=dict(sorted(matrix.cells.items())) if matrix else {},
        closure_codes=tuple(c.id for c in closure.codes if c.id not in _NOT_A_CURE) if closure else ("solved",),
        when=when,
        openings=openings,
        story=story,
        roster=crew.roster,
        practice=practice.practise(scenery, crew, frozenset(definitions.processes), when.as_of),
        judge=Judge(definitions, agreements, when.as_of, crew.roster, crews),
        dice=dice,
        notes=Dice(3 * seed + 2),
        crews=crews,
    )


def number_of(story: plan.Story, index: int) -> str:
    """The number of an incident; three are missing where the story says so."""
    return f"{PREFIX}{_FIRST_NUMBER + index + (3 if story.gap_at and index >= story.gap_at else 0):07d}"


def tickets(world: World) -> Iterator[tuple[Ticket, list[Planted]]]:
    """Every ticket in order of its number, finished, with what must be found on it."""
    for index in range(len(world.openings)):
        ticket, symptom = _drawn(world, index)
        deed = VIOLATIONS.get(world.story.deeds.get(index, ""))
        _lived(world, ticket, symptom, deed)
        if index == len(world.openings) - 1:
            _last(world, ticket, deed)
        clocks = world.judge.clocks(ticket)
        ticket.reported_met = clocks.is_late if deed and deed.rule == "DQ-12" else not clocks.is_late
        if not ticket.reported_met:
            ticket.details["breach_reason"] = world.notes.pick(_BREACHES)
        ticket.show(world.when.as_of)
        if world.story.deeds.get(index) == "closed-anew" and ticket.ci:
            world.repeats.append(ticket)
        yield ticket, list(world.judge.look(ticket, clocks))


def _drawn(world: World, index: int) -> tuple[Ticket, Symptom]:
    dice, opening, story = world.dice, world.openings[index], world.story
    service, month = story.services[index], rhythm.month_of(opening.at)
    category, symptom = world.catalogue.draw(
        dice, service, monitored=opening.monitored, shelved=dice.permille(130 if month == story.shelved_month else 14)
    )
    priority = dice.weighted(_MONITORED_PRIORITIES if opening.monitored else _PRIORITIES)
    priority = "P1" if index in story.majors else priority
    impact, urgency = _cell(world, priority)
    channel = "monitoring" if opening.monitored else dice.weighted(_CHANNELS)
    requester = people.MONITORING if opening.monitored else dice.pick(world.staff.users[opening.site.id])
    agent = world.staff.anyone(dice, people.FIRST_LINE[opening.site.id], opening.site, opening.at)
    customer = _customer(world, service, opening)
    named = world.practice.references.get(index, _NOTHING)
    bare = 230 if (service.id, month) == (story.bare_service, story.bare_month) else 15
    ci = "" if dice.permille(bare) else _item(world, service, category, opening.at)
    if named.again is not None:
        category, symptom, ci = named.again.category, named.again.symptom, named.again.ci
    ci = named.ci or ci
    if index not in story.deeds and not opening.monitored and index not in world.practice.references:
        before = _repeated(world, opening.at)
        if before is not None:
            requester, category, ci, service = before.requester, before.category, before.ci, before.service or service
    ticket = Ticket(
        number=number_of(story, index),
        site=opening.site,
        opened_at=opening.at,
        recorded_at=opening.at if opening.monitored or channel == "self-service" else opening.at + dice.below(240),
        service=service,
        service_name=_called(service, opening.site.id),
        customer=customer.id if customer else "",
        company=_name_in_tickets(customer) if customer else "",
        priority=world.cells.get((impact, urgency), priority),
        impact=impact,
        urgency=urgency,
        category=category,
        subcategory=symptom.subcategory,
        symptom=symptom.text,
        nature="alert" if opening.monitored else dice.weighted((("fault", 84), ("enquiry", 12), ("complaint", 4))),
        channel=channel,
        ci=ci,
        requester=requester,
        opened_by=requester if opening.monitored or channel == "self-service" else agent,
        problem=named.problem,
        change=named.change,
        caused_by=named.caused_by,
    )
    return ticket, symptom


def _repeated(world: World, moment: int) -> Ticket | None:
    """The ticket that was closed within two hours before and is reported again."""
    for ticket in world.repeats:
        if ticket.closed_at is not None and ticket.closed_at < moment <= ticket.closed_at + 7_000:
            world.repeats.remove(ticket)
            return ticket
    return None


def _cell(world: World, priority: str) -> tuple[str, str]:
    fitting = [cell for cell, found in world.cells.items() if found == priority]
    return world.dice.pick(fitting or list(world.cells) or [("2", "2")])


def _called(service: Service, site: str) -> str:
    """The desk in Shanghai chooses from a list in Chinese."""
    return (service.title.zh if site == "shanghai" else service.title.en) or service.id


def _customer(world: World, service: Service, opening: rhythm.Opening) -> Customer | None:
    """One of the customers near the site, as often as the agreement with them expects tickets."""
    near = plan.near(world.definitions, service, opening.site)
    weights = [(c, world.agreements.workload(service.id, c.id, opening.at)) for c in near]
    return world.dice.weighted(weights) if len(weights) > 1 else next(iter(near), None)


def _name_in_tickets(customer: Customer) -> str:
    return customer.also_called[0] if customer.also_called else str(customer.title)


def _item(world: World, service: Service, category: str, moment: int) -> str:
    """One of the items of a service, but none whose fault of this kind was removed lately."""
    ill = [ci for ci in service.supported_by if not world.practice.is_cured(service.id, ci, category, moment)]
    return world.dice.pick(ill) if ill else ""


def _lived(world: World, ticket: Ticket, symptom: Symptom, deed: Violation | None) -> None:
    leans = ticket.service is not None and ticket.service.id == world.story.leaning
    team = _experts(world) if leans else Team(world.staff, people.SECOND_LINE[symptom.second_line], world.closure_codes)
    desk = people.FIRST_LINE["shanghai"]
    by = world.staff.engineers[desk]["shanghai"][0]
    scene = Scene(
        world.dice,
        team,
        world.cells,
        world.when.as_of,
        world.story.batch_at,
        by,
        world.roster.leaver(world.when.start),
        lambda ticket: _terms(world, ticket),
    )
    wish = deed.before(ticket, scene) if deed else ORDINARY
    if ticket.priority == "P1" or leans:
        wish = replace(wish, route=wish.route or "second")
    live(ticket, _promise(world, ticket), team, world.dice, wish)
    details.fill(ticket, world.story.trends, world.roster, world.notes)
    if deed is not None:
        deed.after(ticket, scene)
        ticket.planted[deed.rule] = deed.what
        _confirm_again(ticket)
    ticket.cut(world.when.as_of)


def _experts(world: World) -> Team:
    """Whoever works on the service that leans on one person: the last one of a crew, who is named wherever anybody is."""
    group = people.SECOND_LINE["platform"]
    return Team(world.staff, group, world.closure_codes, world.staff.engineers[group]["shanghai"][-1])


def _confirm_again(ticket: Ticket) -> None:
    """The user's word comes with the closing, wherever a deed has moved it."""
    if "confirmed_at" in ticket.details and ticket.closed_at is not None:
        ticket.details["confirmed_at"] = ticket.closed_at


def _promise(world: World, ticket: Ticket) -> Promise:
    """What people work towards; where nothing was promised, what is usual for others."""
    terms = _terms(world, ticket)
    priorities = (ticket.priority, "P3")
    found = (
        [terms.promise({"priority": p, "impact": ticket.impact, "urgency": ticket.urgency}) for p in priorities]
        if terms
        else []
    )
    return next((promise for promise in found if promise is not None), None) or world.agreements.usual()


def _terms(world: World, ticket: Ticket) -> Terms | None:
    service = ticket.service.id if ticket.service else ticket.service_name
    return world.agreements.of(service, ticket.customer, ticket.opened_at)


def _last(world: World, ticket: Ticket, deed: Violation | None) -> None:
    """Monitoring touches the last ticket at the very moment of the export, which dates the whole export."""
    ticket.cut(ticket.opened_at + 600)
    ticket.add(world.when.as_of, people.MONITORING, ticket.state)
    if deed is not None and deed.rule == "DQ-07":
        ticket.recorded_at = world.when.as_of + 5 * 3600
