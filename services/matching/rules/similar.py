"""What the API tells of offers with titles like that of an application."""

from uuid import UUID

from pydantic import Field

from services.matching.rules.views import View


class SimilarOfferView(View):
    """An open offer. Its similarity says how alike two titles are, not how well the offer suits."""

    offer_id: UUID
    language: str = Field(description="of the title, BCP 47")
    similarity: float = Field(
        ge=-1, le=1, description="cosine of both titles' vectors, each less the mean of its language"
    )


class SimilarOffersView(View):
    """The offers whose titles are the most alike, the most alike first, beside the proposals and without any effect."""

    available: bool = Field(description="false: the optional model is not installed, and nobody has compared titles")
    waiting: bool = Field(description="the application's own title has no vector yet; ask again")
    embedded: int = Field(ge=0, description="titles of applications and offers that are compared so far")
    titles: int = Field(ge=0, description="how many there are")
    offers: tuple[SimilarOfferView, ...]
