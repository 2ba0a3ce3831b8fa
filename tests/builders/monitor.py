"""Events of invented cases as monitor hears them: numbered per aggregate, at times that a test chooses."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from shared.events.base import Event
from shared.events.catalogue import entry_of
from shared.events.dead_letters import EventDeadLettered
from shared.events.envelope import Envelope, wrap
from shared.events.evaluation import EvaluationSubmitted, SurveyKind
from shared.events.exchange import (
    ExchangeAgreed,
    ExchangeClosed,
    ExchangeCompleted,
    ExchangePlanned,
    ExchangeReady,
    ExchangeScheduled,
    ExchangeStarted,
)
from shared.events.intake import ApplicationAdmitted, ApplicationClosed, ApplicationSubmitted, ApplicationWithdrawn
from shared.events.matching import MatchAccepted, MatchDeclined, MatchProposed, NoMatchFound, ProposalReminded
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, Side
from shared.streaming.message import Message

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
_offsets = count(1)


class ACase:
    """One case: `says` wraps its next event, a minute after the one before unless told otherwise."""

    def __init__(self, reference: str = "CN-2026-0007", begins: datetime = BEGINNING) -> None:
        self.case_id, self.exchange_id, self.proposal_id = new_id(), new_id(), new_id()
        self.reference = reference
        self.time = begins
        self.sequences: Counter[tuple[str, str]] = Counter()

    def says(self, event: Event, *, after: timedelta = timedelta(minutes=1)) -> Envelope:
        """The event in its envelope."""
        entry = entry_of(type(event))
        place = entry.topic, str(getattr(event, entry.key))
        self.sequences[place] += 1
        self.time += after
        return wrap(
            event,
            event_id=new_id(),
            service=entry.producer,
            time=self.time,
            sequence=self.sequences[place],
            case_id=self.case_id,
            traceparent=None,
        )

    def submitted(self) -> ApplicationSubmitted:
        return ApplicationSubmitted(
            application_id=self.case_id,
            organisation_id=UUID(int=1),
            reference=self.reference,
            title="A drier town",
            title_language="en",
            themes=("water",),
            mode=Mode.EXPERT_MISSION,
            earliest=date(2026, 6, 1),
            latest=date(2026, 6, 30),
            submitted_on=self.time.date(),
        )

    def admitted(self) -> ApplicationAdmitted:
        return ApplicationAdmitted(application_id=self.case_id, rules_version="1")

    def withdrawn(self) -> ApplicationWithdrawn:
        return ApplicationWithdrawn(application_id=self.case_id, reason="no-longer-needed")

    def closed(self) -> ApplicationClosed:
        return ApplicationClosed(application_id=self.case_id, outcome="exchanged")

    def proposed(self, respond_by: date, proposal_id: UUID | None = None) -> MatchProposed:
        return MatchProposed(
            proposal_id=proposal_id or self.proposal_id,
            application_id=self.case_id,
            offer_id=UUID(int=2),
            requester_id=UUID(int=1),
            offerer_id=UUID(int=3),
            rank=1,
            score=80.0,
            contributions=(),
            mode=Mode.EXPERT_MISSION,
            first=date(2026, 6, 1),
            last=date(2026, 6, 3),
            respond_by=respond_by,
        )

    def accepted(self) -> MatchAccepted:
        return MatchAccepted(proposal_id=self.proposal_id, application_id=self.case_id, side=Side.REQUESTER)

    def reminded(self, reminded_on: date, respond_by: date) -> ProposalReminded:
        return ProposalReminded(
            proposal_id=self.proposal_id,
            application_id=self.case_id,
            sides=(Side.OFFERER,),
            reminded_on=reminded_on,
            respond_by=respond_by,
            days_left=2,
        )

    def declined(self) -> MatchDeclined:
        return MatchDeclined(
            proposal_id=self.proposal_id, application_id=self.case_id, side=Side.OFFERER, reason="no-time"
        )

    def without_match(self) -> NoMatchFound:
        return NoMatchFound(application_id=self.case_id, considered=12, filtered=())

    def planned(self, first: date, last: date) -> ExchangePlanned:
        return ExchangePlanned(
            exchange_id=self.exchange_id,
            application_id=self.case_id,
            proposal_id=self.proposal_id,
            requester_id=UUID(int=1),
            offerer_id=UUID(int=3),
            host_id=UUID(int=1),
            themes=("water",),
            title="A drier town",
            title_language="en",
            mode=Mode.EXPERT_MISSION,
            first=first,
            last=last,
        )

    def scheduled(self, first: date, last: date) -> ExchangeScheduled:
        return ExchangeScheduled(**self._exchange, first=first, last=last, participants=3, online=False)

    def agreed(self) -> ExchangeAgreed:
        return ExchangeAgreed(**self._exchange, association_id=UUID(int=4), organisations=())

    def ready(self) -> ExchangeReady:
        return ExchangeReady(**self._exchange)

    def started(self, first: date, last: date) -> ExchangeStarted:
        return ExchangeStarted(**self._exchange, started_on=first, last=last)

    def completed(self, on: date) -> ExchangeCompleted:
        return ExchangeCompleted(**self._exchange, completed_on=on, days=3)

    def exchange_closed(self) -> ExchangeClosed:
        return ExchangeClosed(**self._exchange)

    def evaluated(self) -> EvaluationSubmitted:
        return EvaluationSubmitted(
            survey_id=new_id(), **self._exchange, respondent_id=UUID(int=1), kind=SurveyKind.AFTER, ratings=()
        )

    @property
    def _exchange(self) -> dict[str, UUID]:
        return {"exchange_id": self.exchange_id, "application_id": self.case_id}


def a_dead_letter(event: Envelope, *, service: str = "matching", reason: str = "rejected") -> EventDeadLettered:
    """The report of a service that could not use the event."""
    return EventDeadLettered(
        dead_letter_id=new_id(),
        service=service,
        origin_topic=event.entry.topic,
        origin_partition=3,
        origin_offset=17,
        origin_key=event.subject,
        event_id=str(event.id),
        event_type=event.entry.type,
        reason=reason,
        detail="unknown-offer: There is no such offer.",
    )


def reported(event: Event, *, service: str = "matching", sequence: int = 1, time: datetime = BEGINNING) -> Envelope:
    """A fact outside a case, in its envelope."""
    return wrap(event, event_id=new_id(), service=service, time=time, sequence=sequence, case_id=None, traceparent=None)


def as_messages(events: Sequence[Envelope]) -> list[Message]:
    """The events as the consumer gets them."""
    return [
        Message(event.entry.topic, 0, next(_offsets), 0, event.subject, event.headers(), event.value())
        for event in events
    ]
