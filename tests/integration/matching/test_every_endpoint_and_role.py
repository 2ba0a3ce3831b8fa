"""Deny by default: every endpoint of matching with every role of every side, against a table of who may.

An endpoint that is not in the table fails; so does a role that is let in although it is not there, or kept out although
it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any
from uuid import UUID

import httpx

from services.matching.engine.rounds.values import Options
from services.matching.rules.rounds import RoundPair
from services.matching.storage import rounds
from services.matching.use_cases import OpenCall, OrderRound, open_call, order_round
from services.matching.wiring import SERVICE
from shared.events.intake import OfferClosed
from shared.primitives.ids import new_id
from shared.primitives.terms import Role
from shared.streaming.dead_letters import listed
from tests.builders.matching import COORDINATOR, an_application, an_association, an_offer
from tests.contracts.test_every_endpoint_wants_a_token import endpoints
from tests.fakes.http import calling, signed_in
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_programmes import terms


class Where(StrEnum):
    """To whom somebody belongs."""

    REQUESTER = "requester"
    OFFERER = "offerer"
    ASSOCIATION = "an association that is asked"
    ELSEWHERE = "elsewhere"


Who = frozenset[tuple[Role, Where]]


def anywhere(*roles: Role) -> Who:
    return frozenset(product(roles, Where))


def parties_of(*sides: Where) -> Who:
    return frozenset(product((Role.APPLICANT, Role.EXPERT, Role.COORDINATOR), sides))


COORDINATORS, OPERATORS = anywhere(Role.COORDINATOR), anywhere(Role.OPERATOR)
OVERSEERS = COORDINATORS | OPERATORS
BOTH = parties_of(Where.REQUESTER, Where.OFFERER)
MAY: Mapping[tuple[str, str], Who] = {
    ("GET", "/v1/applications/{application_id}/proposals"): OVERSEERS | BOTH,
    ("GET", "/v1/applications/{application_id}/search"): OVERSEERS | parties_of(Where.REQUESTER),
    ("GET", "/v1/applications/{application_id}/relaxations"): OVERSEERS | parties_of(Where.REQUESTER),
    ("POST", "/v1/applications/{application_id}/relaxations"): COORDINATORS | {(Role.APPLICANT, Where.REQUESTER)},
    ("GET", "/v1/proposals/{proposal_id}"): OVERSEERS | BOTH,
    ("GET", "/v1/proposals/{proposal_id}/explanation"): OVERSEERS | BOTH,
    ("POST", "/v1/proposals/{proposal_id}/acceptance"): BOTH,
    ("POST", "/v1/proposals/{proposal_id}/decline"): BOTH,
    ("GET", "/v1/calls"): COORDINATORS | {(Role.ASSOCIATION, Where.ASSOCIATION)},
    ("POST", "/v1/applications/{application_id}/call"): COORDINATORS,
    ("GET", "/v1/searches"): COORDINATORS,
    ("GET", "/v1/applications/{application_id}/ranking"): COORDINATORS,
    ("POST", "/v1/applications/{application_id}/ranking/trials"): COORDINATORS,
    ("GET", "/v1/applications/{application_id}/ranking/{offer_id}"): COORDINATORS,
    ("GET", "/v1/applications/{application_id}/similar-offers"): COORDINATORS,
    ("POST", "/v1/applications/{application_id}/shortlist"): COORDINATORS,
    ("DELETE", "/v1/applications/{application_id}/shortlist/{offer_id}"): COORDINATORS,
    ("POST", "/v1/applications/{application_id}/publication"): COORDINATORS,
    ("GET", "/v1/policies"): COORDINATORS,
    ("POST", "/v1/programmes/{programme}/policy/trials"): COORDINATORS,
    ("POST", "/v1/programmes/{programme}/policy"): COORDINATORS,
    ("POST", "/v1/rounds"): COORDINATORS,
    ("GET", "/v1/rounds"): COORDINATORS,
    ("GET", "/v1/rounds/{round_id}"): COORDINATORS,
    ("GET", "/v1/rounds/{round_id}/pairs"): COORDINATORS,
    ("PUT", "/v1/rounds/{round_id}/adjustments"): COORDINATORS,
    ("POST", "/v1/rounds/{round_id}/publication"): COORDINATORS,
    ("DELETE", "/v1/rounds/{round_id}"): COORDINATORS,
    ("POST", "/v1/suggestions"): COORDINATORS | anywhere(Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION),
    ("GET", "/v1/dead-letters"): OPERATORS,
    ("GET", "/v1/dead-letters/{letter_id}"): OPERATORS,
    ("POST", "/v1/dead-letters/{letter_id}/replay"): OPERATORS,
    ("POST", "/v1/dead-letters/{letter_id}/discard"): OPERATORS,
}
WHY = {"why": "somebody wants to know"}
HIDDEN = {"no-such-proposal", "no-such-search"}  # what is told to those who may not even know that it is there


@dataclass(frozen=True, slots=True)
class Scene:
    """Something of everything: what paths name, what bodies say, and the organisation at each place."""

    api: httpx.AsyncClient
    names: Mapping[str, str]
    bodies: Mapping[tuple[str, str], Mapping[str, Any]]
    places: Mapping[Where, UUID]

    async def lets_in(self, endpoint: tuple[str, str], role: Role, where: Where) -> bool:
        """Whether the caller gets further than to a denial; a list without anything is one."""
        method, path = endpoint
        headers = signed_in(role, account=f"{role} of {where}", organisation_id=self.places[where])
        body = self.bodies.get(endpoint)
        answer = await self.api.request(method, path.format(**self.names), headers=headers, json=body)
        told = answer.json()
        assert answer.status_code < 500, (endpoint, role, where, told)
        code = told.get("code") if isinstance(told, dict) else None
        assert code not in {"not-signed-in", "invalid-body", "not-json"}, (endpoint, role, where, told)
        return answer.status_code != 403 and code not in HIDDEN and told != []


async def scene_of(matching: Matching, api: httpx.AsyncClient) -> Scene:
    """An application with proposals and an offer besides, one with a call, a round with a pair, and a dead letter."""
    offers, association = [an_offer() for _ in range(4)], an_association("NL", "en")
    application, unmatched = an_application(), an_application(themes=("tourism",), dac=())
    await matching.hears(association, *offers, application, unmatched)
    await matching.hears(OfferClosed(offer_id=new_id(), reason="withdrawn"))
    await matching.does(COORDINATOR, open_call, OpenCall(unmatched.application_id, date(2026, 4, 1)))
    proposal, *others = await matching.proposals(application)
    (left,) = {one.offer_id for one in offers} - {one.offer_id for one in (proposal, *others)}
    ordered = await matching.does(COORDINATOR, order_round, OrderRound(Options(), 5))
    pair = RoundPair(application.application_id, left, score=5_000, pinned=False)
    async with matching.database.unit_of_work() as work:
        await rounds.save_result(work.connection, ordered.round_id, [pair], "null")
    async with matching.database.reading() as connection:
        (letter,) = await listed(connection, state="dead", limit=2)
    application_path = "/v1/applications/{application_id}"
    return Scene(
        api,
        names={
            "application_id": str(application.application_id),
            "proposal_id": str(proposal.proposal_id),
            "offer_id": str(left),
            "round_id": str(ordered.round_id),
            "programme": "danube",
            "letter_id": str(letter["id"]),
        },
        bodies={
            ("POST", f"{application_path}/relaxations"): {"relax": ["mode"]},
            ("POST", f"{application_path}/call"): {"closes_on": "2026-04-01"},
            ("POST", f"{application_path}/ranking/trials"): {},
            ("POST", f"{application_path}/shortlist"): {"offers": [str(left)]},
            ("POST", f"{application_path}/publication"): {"offers": [str(left)]},
            ("POST", "/v1/proposals/{proposal_id}/decline"): {"reason": "dates"},
            ("POST", "/v1/programmes/{programme}/policy/trials"): terms(),
            ("POST", "/v1/programmes/{programme}/policy"): {"terms": terms(), "based_on": None},
            ("PUT", "/v1/rounds/{round_id}/adjustments"): {},
            ("POST", "/v1/dead-letters/{letter_id}/replay"): WHY,
            ("POST", "/v1/dead-letters/{letter_id}/discard"): WHY,
            ("POST", "/v1/suggestions"): {"texts": [{"text": "waste"}]},
        },
        places={
            Where.REQUESTER: proposal.requester_id,
            Where.OFFERER: proposal.offerer_id,
            Where.ASSOCIATION: association.organisation_id,
            Where.ELSEWHERE: new_id(),
        },
    )


def test_every_endpoint_is_in_the_table() -> None:
    """Breaks when an endpoint is added, or goes: say in the table who may."""
    there = {(method, path) for _, method, path in endpoints("matching") if not path.startswith("/health")}
    assert there == MAY.keys()


async def test_every_role_is_let_in_where_the_table_says_so_and_nowhere_else(matching: Matching) -> None:
    """Denials first, then who only reads, then commands: what one of them changes must not decide for the next."""
    everybody = anywhere(*Role)
    walk = [(endpoint, *one, False) for endpoint in MAY for one in sorted(everybody - MAY[endpoint])]
    for reading in (True, False):
        walk += [
            (endpoint, *one, True)
            for endpoint in MAY
            if (endpoint[0] == "GET") is reading
            for one in sorted(MAY[endpoint])
        ]
    assert len(walk) == len(MAY) * len(everybody)
    async with calling(SERVICE, matching.database) as api:
        scene = await scene_of(matching, api)
        wrong = [
            f"{role} of {where} {'is kept out of' if may else 'gets into'} {' '.join(endpoint)}"
            for endpoint, role, where, may in walk
            if await scene.lets_in(endpoint, role, where) is not may
        ]
    assert wrong == []
