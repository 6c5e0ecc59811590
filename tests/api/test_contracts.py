"""Which of the two contracts answers."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import path
from pytest_django import DjangoAssertNumQueries

from backfill.contracts.paths import combined


def is_backfill_list(client: Client, **headers: str) -> bool:
    answer = client.get("/v1/notes", headers=headers).json()
    return isinstance(answer, dict) and answer.get("object") == "list"


def test_follows_the_key(client: Client, books_client: Client) -> None:
    assert is_backfill_list(client)
    assert books_client.get("/v1/notes").json() == []
    assert client.get("/v1/notes")["Backfill-Contract"] == "backfill"
    assert books_client.get("/v1/notes")["Backfill-Contract"] == "books"


def test_follows_the_header_before_the_key(client: Client, books_client: Client) -> None:
    assert client.get("/v1/notes", headers={"Backfill-Contract": "books"}).json() == []
    assert is_backfill_list(books_client, **{"Backfill-Contract": "backfill"})


def test_serves_separate_paths_to_every_key(client: Client, books_client: Client) -> None:
    slips = client.get("/v1/slips")
    assert slips.json() == {"slips": [], "total": 0, "limit": 500, "offset": 0}
    assert slips["Backfill-Contract"] == "books"
    assert books_client.get("/v1/failure?how=none")["Backfill-Contract"] == "backfill"


def test_reads_a_literal_path_before_an_id(client: Client, books_client: Client) -> None:
    assert client.get("/v1/notes/search").json() == []
    assert books_client.get("/v1/notes/search").json() == []
    assert books_client.get(f"/v1/notes/{uuid4()}").status_code == 404


def test_refuses_a_contract_that_does_not_exist(client: Client) -> None:
    response = client.get("/v1/notes", headers={"Backfill-Contract": "Books"})
    assert response.status_code == 400
    assert response.json()["code"] == "INVALID_CONTRACT"
    assert response.json()["errors"][0]["field"] == "Backfill-Contract"


def test_answers_as_backfill_without_a_credential(db: None) -> None:
    assert Client().get("/v1/notes")["Backfill-Contract"] == "backfill"
    assert Client().get("/v1/slips")["Backfill-Contract"] == "books"
    assert Client(headers={"Backfill-Contract": "books"}).get("/v1/notes")["Backfill-Contract"] == "books"


def test_looks_the_key_up_once(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get("/v1/notes")  # notes the use of the key
    with django_assert_num_queries(4):  # key, company set, record, company cleared
        client.get(f"/v1/notes/{uuid4()}")


@pytest.mark.parametrize("where", ["/v1/nothing", "/v1", "/v1/", "/v1/notes/", "/v1/notes/1/2/3", "/v1/%00", "/v1/näh"])
def test_answers_unknown_paths_in_json(client: Client, where: str) -> None:
    for method in ("get", "post", "delete"):
        response = getattr(client, method)(where)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/json"
        assert response.json()["code"] == "NOT_FOUND"


def test_keeps_own_routes_where_both_have_the_path() -> None:
    def view(name: str) -> Callable[..., None]:
        def answer(request: object) -> None: ...

        answer.__name__ = name
        return answer

    own = [path("a", view("own")), path("a/<uuid:pk>", view("own"))]
    other = [path("a", view("other")), path("a/<str:id>", view("other")), path("a/search", view("other"))]
    routes = combined(own, other)  # type: ignore[arg-type]
    assert [(str(route.pattern), route.callback.__name__) for route in routes] == [
        ("a", "own"),
        ("a/search", "other"),
        ("a/<uuid:pk>", "own"),
    ]
