"""Every service describes its API in a valid OpenAPI 3.1 document."""

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI

from tests.contracts.openapi_document import Document, app_of, problems_of
from tests.contracts.the_services import EVERY_SERVICE


@EVERY_SERVICE
def test_the_document_of_a_service_is_valid(service: str) -> None:
    document = app_of(service).openapi()
    assert document["openapi"].startswith("3.1.")
    assert problems_of(document) == []


@EVERY_SERVICE
def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(service: str) -> None:
    operations = [
        operation
        for path in app_of(service).openapi()["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation.get("summary") for operation in operations)


def a_document() -> Document:
    router = APIRouter()

    @router.get("/things/{thing_id}")
    async def show(thing_id: int) -> dict[str, int]:
        return {"thing_id": thing_id}

    app = FastAPI(title="An example")
    app.include_router(router)
    return app.openapi()


def test_a_good_document_has_no_problems() -> None:
    assert problems_of(a_document()) == []


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        (("info",), {}),
        (("paths", "/things/{thing_id}", "get", "parameters"), []),
        (("paths", "/things/{thing_id}", "get", "responses", "200", "content"), []),
        (("components", "schemas", "HTTPValidationError", "properties", "detail", "type"), "list"),
    ],
    ids=["no title", "a path parameter undeclared", "content is no object", "a type that does not exist"],
)
def test_a_wrong_document_is_found_out(way: tuple[str, ...], wrong: Any) -> None:
    document = a_document()
    inside: Any = document
    for step in way[:-1]:
        inside = inside[step]
    inside[way[-1]] = wrong
    assert problems_of(document)
