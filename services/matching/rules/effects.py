"""What other terms would change for the searches that are open: told before anybody saves them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

from pydantic import Field

from services.matching.engine.favour import is_first_timer
from services.matching.engine.values import Candidate, Place
from services.matching.rules.policy import Terms
from services.matching.rules.views import View


@dataclass(frozen=True, slots=True)
class Compared:
    """One application: the offers that would be proposed as it is, and under the other terms, the best first."""

    application_id: UUID
    place: Place
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]


class SharesView(View):
    """Whom the proposals reach. A share of nothing is null.

    `south_south`: both sides in the Global South (no high-income country). `first_timers`: offerers without a
    past, as `favour.is_first_timer` says.
    """

    proposals: int
    offers: int = Field(description="different ones")
    organisations: int = Field(description="different ones that offer")
    south_south: float | None
    first_timers: float | None


class ChangedView(View):
    """An application for which others would be proposed, or in another order; the best first."""

    application_id: UUID
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]


class TermsEffectView(View):
    """The effect of other terms on the newest open searches of a programme; nothing is saved.

    `same_first`: the share of them whose best offer stays the best; `kept`: the mean share of the offers proposed now
    that would be proposed still.
    """

    programme: str
    policy: int
    terms: Terms
    searches: int = Field(description="how many were compared")
    same_first: float | None
    kept: float | None
    before: SharesView
    after: SharesView
    changed: tuple[ChangedView, ...]


def terms_effect(
    programme: str, version: int, terms: Terms, compared: Sequence[Compared], known: Mapping[UUID, Candidate]
) -> TermsEffectView:
    """Compare; `version`: of the policy that the programme goes by. `known` holds every offer that is named."""
    found = [one for one in compared if one.before]
    return TermsEffectView(
        programme=programme,
        policy=version,
        terms=terms,
        searches=len(compared),
        same_first=_mean(one.before[:1] == one.after[:1] for one in found),
        kept=_mean(len(set(one.before) & set(one.after)) / len(one.before) for one in found),
        before=_shares([(one.place, known[offer]) for one in compared for offer in one.before]),
        after=_shares([(one.place, known[offer]) for one in compared for offer in one.after]),
        changed=tuple(
            ChangedView(application_id=one.application_id, before=one.before, after=one.after)
            for one in compared
            if one.before != one.after
        ),
    )


def _shares(pairs: Sequence[tuple[Place, Candidate]]) -> SharesView:
    return SharesView(
        proposals=len(pairs),
        offers=len({offer.offer_id for _, offer in pairs}),
        organisations=len({offer.organisation_id for _, offer in pairs}),
        south_south=_mean(place.is_south and offer.place.is_south for place, offer in pairs),
        first_timers=_mean(is_first_timer(offer.answered, offer.ratings) for _, offer in pairs),
    )


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return fmean(listed) if listed else None
