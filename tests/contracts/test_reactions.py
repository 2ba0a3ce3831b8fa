"""Every service reacts to what the catalogue says that it hears, and to nothing else."""

import importlib
import inspect

from shared.events.catalogue import heard_by
from shared.streaming.reactions import Batched, Reactions
from tests.contracts.the_services import EVERY_SERVICE


def reactions_of(service: str) -> Reactions:
    reactions: Reactions = importlib.import_module(f"services.{service}.reactions").REACTIONS
    return reactions


@EVERY_SERVICE
def test_a_service_reacts_to_what_the_catalogue_says_that_it_hears(service: str) -> None:
    reacted_to = {event.__name__ for event in reactions_of(service)}
    assert reacted_to == {entry.event.__name__ for entry in heard_by(service)}


@EVERY_SERVICE
def test_a_reaction_is_a_use_case_that_takes_the_unit_of_work_and_what_happened(service: str) -> None:
    for event, reaction in reactions_of(service).items():
        use_case = reaction.use_case if isinstance(reaction, Batched) else reaction
        assert inspect.iscoroutinefunction(use_case), event.__name__
        assert len(inspect.signature(use_case).parameters) == 2, event.__name__


@EVERY_SERVICE
def test_a_service_says_what_it_owns_hears_and_announces(service: str) -> None:
    told = importlib.import_module(f"services.{service}").__doc__ or ""
    assert "owns" in told.lower()
    assert "hears" in told.lower()
