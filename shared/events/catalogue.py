"""The list of every event: its class, version, topic, key, who announces it and who hears it.

Topics, schemas, the AsyncAPI document, permissions and the routing of messages all come from this table.
The monitor hears everything and is not repeated in every row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from pydantic import TypeAdapter

from shared.events import dead_letters, evaluation, exchange, intake, matching
from shared.events.base import Event

SERVICES = ("intake", "matching", "exchange", "evaluation", "portal", "monitor")
ANY_SERVICE = "streaming"
PARTITIONS = 12
RETENTION_DAYS = 7


@dataclass(frozen=True)
class Entry:
    """One event. `key` names the payload's field that holds the aggregate's id: the message key and `ce_subject`."""

    event: type[Event]
    topic: str
    key: str
    producer: str
    hears: tuple[str, ...]

    @property
    def name(self) -> str:
        """The fact's name without its version."""
        return _name_and_version(self.event)[0]

    @property
    def version(self) -> int:
        """1, or what the class name ends with: `ApplicationValidatedV2` is version 2 of `ApplicationValidated`."""
        return _name_and_version(self.event)[1]

    @cached_property
    def type(self) -> str:
        """The CloudEvents type, such as `connect.intake.ApplicationValidated.v1`."""
        return f"connect.{self.producer}.{self.name}.v{self.version}"

    @cached_property
    def source(self) -> str:
        """The CloudEvents source. A dead letter's source is completed by the service that writes it."""
        return f"/connect/{self.producer}"

    @cached_property
    def read(self) -> Callable[..., Event]:
        """The fact in a JSON text: what `model_validate_json` does, without its detour."""
        return TypeAdapter(self.event).validator.validate_json

    @cached_property
    def write(self) -> Callable[[Event], bytes]:
        """A fact of this class as JSON."""
        return TypeAdapter(self.event).serializer.to_json

    @property
    def consumers(self) -> tuple[str, ...]:
        """Every service that reads the event."""
        return (*self.hears, "monitor")


def _name_and_version(event: type[Event]) -> tuple[str, int]:
    name, marker, number = event.__name__.rpartition("V")
    return (name, int(number)) if marker and number.isdigit() else (event.__name__, 1)


def _entries(producer: str, topic: str, key: str, rows: Iterable[tuple[type[Event], tuple[str, ...]]]) -> list[Entry]:
    return [Entry(event, topic, key, producer, hears) for event, hears in rows]


P, X = "portal", "exchange"
CATALOGUE: tuple[Entry, ...] = (
    *_entries(
        "intake",
        "intake.organisations",
        "organisation_id",
        [(intake.OrganisationRegistered, ("matching", "exchange", "evaluation", P))],
    ),
    *_entries("intake", "intake.members", "member_id", [(intake.MemberRegistered, (X,))]),
    *_entries(
        "intake",
        "intake.applications",
        "application_id",
        [
            (intake.ApplicationSubmitted, (P,)),
            (intake.InformationRequested, (P,)),
            (intake.ApplicationAdmitted, (P,)),
            (intake.ApplicationValidated, ("matching", P)),
            (intake.ApplicationRejected, (P,)),
            (intake.ApplicationWithdrawn, ("matching", P)),
            (intake.ApplicationClosed, (P,)),
        ],
    ),
    *_entries(
        "intake",
        "intake.offers",
        "offer_id",
        [
            (intake.OfferPublished, ("matching", P)),
            (intake.OfferChanged, ("matching", P)),
            (intake.OfferClosed, ("matching", P)),
        ],
    ),
    *_entries(
        "matching",
        "matching.proposals",
        "proposal_id",
        [
            (matching.MatchProposed, ("intake", P)),
            (matching.MatchAccepted, (P,)),
            (matching.MatchDeclined, (P,)),
            (matching.MatchConfirmed, ("intake", X, P)),
            (matching.ProposalReminded, (P,)),
            (matching.MatchExpired, (P,)),
            (matching.MatchSuperseded, (X, P)),
            (matching.BookingRefused, (P,)),
        ],
    ),
    *_entries(
        "matching",
        "matching.searches",
        "application_id",
        [
            (matching.CandidatesFound, ("intake", P)),
            (matching.NoMatchFound, ("intake", P)),
            (matching.SearchRelaxed, (P,)),
            (matching.CallOpened, (P,)),
        ],
    ),
    *_entries(
        "exchange",
        "exchange.exchanges",
        "exchange_id",
        [
            (exchange.ExchangePlanned, ("intake", "evaluation", P)),
            (exchange.ExchangeAgreed, ("evaluation", P)),
            (exchange.ExchangeScheduled, ("matching", "evaluation", P)),
            (exchange.ExchangeReady, (P,)),
            (exchange.ExchangeStarted, ("evaluation", P)),
            (exchange.ExchangeCompleted, ("matching", "evaluation", P)),
            (exchange.ExchangeReported, (P,)),
            (exchange.ExchangeFollowedUp, (P,)),
            (exchange.ExchangeClosed, ("intake", P)),
            (exchange.ExchangePostponed, ("matching", "evaluation", P)),
            (exchange.ExchangeConverted, (P,)),
            (exchange.ExchangeCancelled, ("intake", "matching", "evaluation", P)),
        ],
    ),
    *_entries(
        "evaluation",
        "evaluation.surveys",
        "survey_id",
        [
            (evaluation.SurveyOpened, (P,)),
            (evaluation.EvaluationSubmitted, ("matching", X, P)),
            (evaluation.SurveyWaived, (X, P)),
            (evaluation.AlertRaised, (P,)),
        ],
    ),
    *_entries("evaluation", "evaluation.actions", "action_id", [(evaluation.ActionAgreed, (X, P))]),
    *_entries(
        "evaluation",
        "evaluation.practices",
        "practice_id",
        [
            (evaluation.PracticeDrafted, (P,)),
            (evaluation.PracticeReturned, (P,)),
            (evaluation.PracticePublished, (P,)),
        ],
    ),
    *_entries(
        ANY_SERVICE,
        "connect.dead-letters",
        "dead_letter_id",
        [(dead_letters.EventDeadLettered, ()), (dead_letters.DeadLetterSettled, ())],
    ),
)


@cache
def _by_class() -> dict[type[Event], Entry]:
    return {entry.event: entry for entry in CATALOGUE}


@cache
def _by_type() -> dict[str, Entry]:
    return {entry.type: entry for entry in CATALOGUE}


def entry_of(event: type[Event]) -> Entry:
    """The entry of an event class. Raises KeyError for a class that is not in the catalogue."""
    return _by_class()[event]


def entry_of_type(ce_type: str) -> Entry | None:
    """The entry of a CloudEvents type, or None where this release does not know it."""
    return _by_type().get(ce_type)


def topics() -> tuple[str, ...]:
    """Every topic, in the catalogue's order."""
    return tuple(dict.fromkeys(entry.topic for entry in CATALOGUE))


def heard_by(service: str) -> tuple[Entry, ...]:
    """Every event that the service reads."""
    return tuple(entry for entry in CATALOGUE if service in entry.consumers)
