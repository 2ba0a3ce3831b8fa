"""Stories of cases, as the events that the portal hears of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self
from uuid import UUID

from shared.events.base import Event, LanguageSkill, OrganisationFacts
from shared.events.envelope import Envelope, wrap
from shared.events.evaluation import (
    ActionAgreed,
    EvaluationSubmitted,
    PracticeDrafted,
    PracticePublished,
    Rating,
    SurveyKind,
    SurveyOpened,
)
from shared.events.exchange import (
    ExchangeAgreed,
    ExchangeClosed,
    ExchangeCompleted,
    ExchangeFollowedUp,
    ExchangePlanned,
    ExchangeReady,
    ExchangeReported,
    ExchangeScheduled,
    ExchangeStarted,
)
from shared.events.intake import (
    ApplicationAdmitted,
    ApplicationClosed,
    ApplicationSubmitted,
    ApplicationValidated,
    OfferPublished,
    OrganisationRegistered,
)
from shared.events.matching import (
    BookingRefused,
    CallOpened,
    CandidatesFound,
    Contribution,
    FilteredOut,
    MatchAccepted,
    MatchConfirmed,
    MatchProposed,
    NoMatchFound,
    ProposalReminded,
    Raise,
    SearchRelaxed,
)
from shared.primitives.ids import new_id
from shared.primitives.terms import Level, Mode, OrganisationKind, Position, Side
from shared.streaming.message import Message

REASONS = (
    Contribution(factor="knowledge", points=33.5, out_of=40, because=("theme:tourism", "sdg:8", "dac:33210")),
    Contribution(factor="position", points=20, out_of=25, because=("position:planner", "years:7")),
    Contribution(
        factor="context", points=9.75, out_of=15, because=("population-bands-apart:0", "income-groups-apart:1")
    ),
    Contribution(factor="language", points=10, out_of=10, because=("language:es",)),
    Contribution(factor="availability", points=6.25, out_of=10, because=("days:24", "rating:none")),
)
GAINS = (
    Raise(code="theme:economic-development", points=5.75),
    Raise(code="years:10", points=3),
    Raise(code="days:60", points=1.5),
    Raise(code="rating:5", points=0.25),
)


@dataclass(frozen=True)
class Town:
    """An organisation that a story is about."""

    name: str
    country: str
    seat: int
    kind: OrganisationKind = OrganisationKind.MUNICIPALITY
    id: UUID = field(default_factory=new_id)

    def registered(self) -> OrganisationRegistered:
        """The event that makes its name known."""
        return OrganisationRegistered(
            organisation_id=self.id, kind=self.kind, name=self.name, country=self.country, seat=self.seat
        )

    def facts(self) -> OrganisationFacts:
        """What others need to know of it."""
        return OrganisationFacts(organisation_id=self.id, kind=self.kind, country=self.country, seat=self.seat)


def zipaquira() -> Town:
    """A town that asks."""
    return Town("Zipaquirá", "CO", 3665542)


def granollers() -> Town:
    """A town that offers."""
    return Town("Granollers", "ES", 3121145)


@dataclass
class Story:
    """One case, told step by step; every step appends what the services would announce. `events` is in causal order."""

    requester: Town = field(default_factory=zipaquira)
    offerer: Town = field(default_factory=granollers)
    reference: str = "CN-2026-0001"
    title: str = "Turismo patrimonial en el centro histórico"
    title_language: str = "es"
    mode: Mode = Mode.EXPERT_MISSION
    themes: tuple[str, ...] = ("tourism",)
    begin: datetime = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    first: date = date(2026, 9, 7)
    last: date = date(2026, 9, 11)
    case_id: UUID = field(default_factory=new_id)
    offer_id: UUID = field(default_factory=new_id)
    proposal_id: UUID = field(default_factory=new_id)
    exchange_id: UUID = field(default_factory=new_id)
    association: Town = field(
        default_factory=lambda: Town("Federación de Municipios", "ES", 3117735, OrganisationKind.ASSOCIATION)
    )
    events: list[Envelope] = field(default_factory=list)
    _sequences: Counter[tuple[str, str]] = field(default_factory=Counter)

    def tell(self, event: Event, *, service: str, in_case: bool = True) -> Self:
        """Append any event, an hour after the last one."""
        envelope = wrap(
            event,
            event_id=new_id(),
            service=service,
            time=self.begin + timedelta(hours=len(self.events)),
            sequence=1,
            case_id=self.case_id if in_case else None,
            traceparent=None,
        )
        place = (envelope.entry.topic, envelope.subject)
        self._sequences[place] += 1
        self.events.append(envelope._replace(sequence=self._sequences[place]))
        return self

    def organisations(self) -> Self:
        """The names of everybody."""
        for town in (self.requester, self.offerer, self.association):
            self.tell(town.registered(), service="intake", in_case=False)
        return self

    def submitted(self) -> Self:
        """The application is sent."""
        event = ApplicationSubmitted(
            application_id=self.case_id,
            organisation_id=self.requester.id,
            reference=self.reference,
            title=self.title,
            title_language=self.title_language,
            themes=self.themes,
            sdgs=(8, 11),
            mode=self.mode,
            earliest=self.first - timedelta(days=30),
            latest=self.last + timedelta(days=30),
            submitted_on=self.begin.date(),
        )
        return self.tell(event, service="intake")

    def validated(self) -> Self:
        """The application passes the checks and the reviewers."""
        self.tell(ApplicationAdmitted(application_id=self.case_id, rules_version="1"), service="intake")
        event = ApplicationValidated(
            application_id=self.case_id,
            reference=self.reference,
            title=self.title,
            title_language=self.title_language,
            organisation=self.requester.facts(),
            themes=self.themes,
            sdgs=(8, 11),
            dac=("33210",),
            mode=self.mode,
            earliest=self.first - timedelta(days=30),
            latest=self.last + timedelta(days=30),
            participants=4,
            position=Position.PLANNER,
            languages=(LanguageSkill(language="es", level=Level.C2),),
            interpretation=False,
            online_acceptable=True,
            same_country=False,
            rules_version="1",
            validated_on=self.begin.date(),
        )
        return self.tell(event, service="intake")

    def offered(self) -> Self:
        """The peer's offer is published."""
        event = OfferPublished(
            offer_id=self.offer_id,
            organisation=self.offerer.facts(),
            member_id=new_id(),
            title="Rutes guiades pel patrimoni local",
            title_language="ca",
            themes=self.themes,
            sdgs=(8,),
            dac=("33210",),
            modes=(self.mode,),
            position=Position.PLANNER,
            years_in_role=7,
            result_year=2024,
            languages=(LanguageSkill(language="es", level=Level.C2),),
            windows=(),
            capacity=2,
            days_a_year=20,
        )
        return self.tell(event, service="intake", in_case=False)

    def proposed(
        self,
        offerer: Town | None = None,
        proposal_id: UUID | None = None,
        rank: int = 1,
        raises: tuple[Raise, ...] = GAINS,
    ) -> Self:
        """A peer is proposed to both sides."""
        points = round(sum(reason.points for reason in REASONS) - 7 * (rank - 1), 2)
        event = MatchProposed(
            proposal_id=proposal_id or self.proposal_id,
            application_id=self.case_id,
            offer_id=self.offer_id if rank == 1 else new_id(),
            requester_id=self.requester.id,
            offerer_id=(offerer or self.offerer).id,
            rank=rank,
            score=points,
            contributions=REASONS,
            raises=raises,
            mode=self.mode,
            first=self.first,
            last=self.last,
            respond_by=self.begin.date() + timedelta(days=14),
        )
        return self.tell(event, service="matching")

    def reminded(self, *sides: Side, days_left: int) -> Self:
        """Who has not answered is reminded."""
        event = ProposalReminded(
            proposal_id=self.proposal_id,
            application_id=self.case_id,
            sides=sides,
            reminded_on=self.begin.date() + timedelta(days=7),
            respond_by=self.begin.date() + timedelta(days=14),
            days_left=days_left,
        )
        return self.tell(event, service="matching")

    def accepted(self, side: Side) -> Self:
        """One side agrees."""
        event = MatchAccepted(proposal_id=self.proposal_id, application_id=self.case_id, side=side)
        return self.tell(event, service="matching")

    def confirmed(self) -> Self:
        """Both sides agreed."""
        event = MatchConfirmed(
            proposal_id=self.proposal_id,
            application_id=self.case_id,
            offer_id=self.offer_id,
            expert_id=new_id(),
            requester_id=self.requester.id,
            offerer_id=self.offerer.id,
            requester_association_id=None,
            offerer_association_id=self.association.id,
            reference=self.reference,
            title=self.title,
            title_language=self.title_language,
            themes=self.themes,
            mode=self.mode,
            first=self.first,
            last=self.last,
            participants=4,
        )
        return self.tell(event, service="matching")

    def booking_refused(self) -> Self:
        """The expert has another exchange on the new days."""
        event = BookingRefused(
            proposal_id=self.proposal_id, application_id=self.case_id, first=self.first, last=self.last
        )
        return self.tell(event, service="matching")

    def no_match(self, *, final: bool = False) -> Self:
        """No offer fits; `final`: and nobody is sought any more."""
        event = NoMatchFound(
            application_id=self.case_id,
            considered=12,
            filtered=(FilteredOut(filter="language", offers=9), FilteredOut(filter="mode", offers=5)),
            final=final,
        )
        return self.tell(event, service="matching")

    def candidates_found(self) -> Self:
        """A coordinator chooses."""
        event = CandidatesFound(application_id=self.case_id, candidates=3, search=1)
        return self.tell(event, service="matching")

    def relaxed(self) -> Self:
        """The applicant provides interpretation."""
        event = SearchRelaxed(application_id=self.case_id, relax=("interpretation",))
        return self.tell(event, service="matching")

    def called(self) -> Self:
        """Associations are asked for offers."""
        event = CallOpened(
            application_id=self.case_id,
            themes=self.themes,
            languages=("en",),
            associations=(self.association.id,),
            closes_on=self.begin.date() + timedelta(days=30),
        )
        return self.tell(event, service="matching")

    def planned(self) -> Self:
        """The exchange begins its life."""
        event = ExchangePlanned(
            exchange_id=self.exchange_id,
            application_id=self.case_id,
            proposal_id=self.proposal_id,
            requester_id=self.requester.id,
            offerer_id=self.offerer.id,
            host_id=self.requester.id,
            themes=self.themes,
            title=self.title,
            title_language=self.title_language,
            mode=self.mode,
            first=self.first,
            last=self.last,
        )
        return self.tell(event, service="exchange")

    def survey(self, kind: SurveyKind, *, answered: bool) -> Self:
        """The applicant is asked, and answers or not yet."""
        ids = {"survey_id": new_id(), "exchange_id": self.exchange_id, "application_id": self.case_id}
        due = (self.first if kind == SurveyKind.BEFORE else self.last) + timedelta(days=7)
        self.tell(SurveyOpened(**ids, respondent_id=self.requester.id, kind=kind, due=due), service="evaluation")
        if answered:
            ratings = (Rating(item="confidence", value=4),)
            event = EvaluationSubmitted(**ids, respondent_id=self.requester.id, kind=kind, ratings=ratings)
            self.tell(event, service="evaluation")
        return self

    def prepared(self) -> Self:
        """Terms, days, checklist: all is ready."""
        ids = {"exchange_id": self.exchange_id, "application_id": self.case_id}
        agreed = ExchangeAgreed(**ids, association_id=self.association.id, organisations=())
        scheduled = ExchangeScheduled(**ids, first=self.first, last=self.last, participants=6, online=False)
        self.tell(agreed, service="exchange").tell(scheduled, service="exchange")
        self.survey(SurveyKind.BEFORE, answered=True)
        return self.tell(ExchangeReady(**ids), service="exchange")

    def held(self) -> Self:
        """The exchange takes place."""
        ids = {"exchange_id": self.exchange_id, "application_id": self.case_id}
        self.tell(ExchangeStarted(**ids, started_on=self.first, last=self.last), service="exchange")
        return self.tell(ExchangeCompleted(**ids, completed_on=self.last, days=5), service="exchange")

    def closed(self) -> Self:
        """Report, action, practice, and the end."""
        ids = {"exchange_id": self.exchange_id, "application_id": self.case_id}
        self.survey(SurveyKind.AFTER, answered=True)
        self.tell(ExchangeReported(**ids), service="exchange")
        due = self.last + timedelta(days=180)
        self.tell(ActionAgreed(**ids, action_id=new_id(), owner_id=new_id(), due=due), service="evaluation")
        self.tell(ExchangeFollowedUp(**ids, actions=1), service="exchange")
        self.tell(ExchangeClosed(**ids), service="exchange")
        self.tell(ApplicationClosed(application_id=self.case_id, outcome="exchanged"), service="intake")
        practice = {**ids, "practice_id": new_id(), "association_id": self.association.id}
        self.tell(PracticeDrafted(**practice), service="evaluation")
        published = PracticePublished(
            **practice,
            title="Una ruta que los vecinos cuentan",
            title_language="es",
            themes=self.themes,
            published_on=self.last + timedelta(days=60),
        )
        return self.tell(published, service="evaluation")

    def matched(self) -> Self:
        """From the names to a confirmed match."""
        self.organisations().submitted().validated().offered().proposed()
        return self.accepted(Side.REQUESTER).accepted(Side.OFFERER).confirmed()

    def whole(self) -> Self:
        """The whole journey."""
        return self.matched().planned().prepared().held().closed()


def messages(events: Sequence[Envelope]) -> list[Message]:
    """The events as the consumer gets them."""
    return [
        Message(
            topic=envelope.entry.topic,
            partition=0,
            offset=offset,
            timestamp=int(envelope.time.timestamp() * 1000),
            key=envelope.subject,
            headers=envelope.headers(),
            value=envelope.value(),
        )
        for offset, envelope in enumerate(events)
    ]
