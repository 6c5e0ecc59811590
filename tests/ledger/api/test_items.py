"""Items in the Backfill contract."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.ledger.api.conftest import ApiClient

pytestmark = pytest.mark.django_db

TRACKED = {"name": "Widget", "sku": "W-1", "track_inventory": True, "purchase_cost": "4.00"}


def made(api: ApiClient, **values: Any) -> Any:
    response = api.post("/v1/items", {"name": "Widget", **values})
    assert response.status_code == 201, response.content
    return {**response.json()["data"], "id": response.json()["id"]}


def changed(api: ApiClient, item: Any, **values: Any) -> Any:
    response = api.put(f"/v1/items/{item['id']}", values)
    assert response.status_code == 200, response.content
    return response.json()["data"]


def refused(api: ApiClient, **values: Any) -> tuple[int, str, str]:
    response = api.post("/v1/items", {"name": "Widget", **values})
    body = response.json()
    return response.status_code, body["code"], body["errors"][0]["field"]


def balance(api: ApiClient, code: str) -> str:
    return str(api.get(f"/v1/accounts/{api.account(code)}").json()["data"]["balance"])


def test_is_a_good_that_is_bought_and_sold_unless_told_otherwise(api: ApiClient) -> None:
    item = made(api)

    assert (item["type"], item["is_sold"], item["is_purchased"], item["active"]) == ("good", True, True, True)
    assert (item["quantity_on_hand"], item["locations"], item["product_id"]) == ("0", [], item["id"])


def test_takes_its_name_from_the_sku(api: ApiClient) -> None:
    response = api.post("/v1/items", {"sku": "W-1"})

    assert response.json()["data"]["name"] == "W-1"
    assert api.post("/v1/items", {}).status_code == 422


def test_posts_the_stock_it_opens_with(api: ApiClient) -> None:
    places = [{"location_id": "north", "quantity_on_hand": "6"}, {"location_id": "south", "quantity_on_hand": "4"}]

    item = made(api, **TRACKED, quantity_on_hand="10", locations=places, reorder_point="3")

    assert (item["quantity_on_hand"], item["inventory_value"], item["average_cost"]) == ("10", "40.00", "4.00")
    assert [(place["location_id"], place["quantity_on_hand"]) for place in item["locations"]] == [
        ("north", "6"),
        ("south", "4"),
    ]
    assert balance(api, "1200") == "40.00"


def test_takes_another_quantity_as_a_count(api: ApiClient) -> None:
    item = made(api, **TRACKED, quantity_on_hand="10")

    counted = changed(api, item, quantity_on_hand="7")

    assert (counted["quantity_on_hand"], counted["inventory_value"]) == ("7", "28.00")
    assert (balance(api, "1200"), balance(api, "5000")) == ("28.00", "12.00")
    assert changed(api, item, quantity_on_hand="7")["inventory_value"] == "28.00"


def test_refuses_a_sku_twice_and_tells_whose_it_is(api: ApiClient) -> None:
    first = made(api, sku="W-1")

    response = api.post("/v1/items", {"name": "Other", "sku": "W-1"})

    assert (response.status_code, response.json()["code"]) == (409, "DUPLICATE_SKU")
    assert response.json()["details"] == {"existing_id": first["id"]}


def test_finds_by_name_type_and_sku(api: ApiClient) -> None:
    widget, repair = made(api, sku="W-1"), made(api, name="Repair", type="service", active=False)

    def found(**query: str) -> list[str]:
        return [row["id"] for row in api.get("/v1/items", **query).json()["data"]]

    assert found(name="WIDG") == found(type="good") == found(sku="W-1") == [widget["id"]]
    assert found(type="service") == found(active="false") == [repair["id"]]


def test_keeps_an_item_with_stock_and_names_the_way_out(api: ApiClient) -> None:
    item = made(api, **TRACKED, quantity_on_hand="1")

    response = api.delete(f"/v1/items/{item['id']}")

    assert (response.status_code, response.json()["code"]) == (409, "RECORD_IN_USE")
    assert "active: false" in response.json()["message"]
    assert api.delete(f"/v1/items/{made(api)['id']}").json()["deleted"] is True


@pytest.mark.parametrize("scope", ["receivables", "payables"])
def test_serves_both_sides(api: ApiClient, api_client: Callable[..., ApiClient], scope: str) -> None:
    item = made(api)
    reader, writer = (api_client(api.company, scopes=(f"{scope}:{action}",)) for action in ("read", "write"))

    assert reader.get(f"/v1/items/{item['id']}").status_code == 200
    assert reader.post("/v1/items", {"name": "x"}).status_code == 403
    assert writer.post("/v1/items", {"name": "x"}).status_code == 201
    assert api_client(api.company, scopes=("journal:write",)).get("/v1/items").status_code == 403


def test_hides_another_company_s(api: ApiClient, api_client: Callable[..., ApiClient]) -> None:
    theirs = made(api_client())

    for response in (
        api.get(f"/v1/items/{theirs['id']}"),
        api.put(f"/v1/items/{theirs['id']}", {"name": "x"}),
        api.delete(f"/v1/items/{theirs['id']}"),
    ):
        assert response.status_code == 404
    account = api_client().account("4000")
    assert refused(api, revenue_account_id=account) == (422, "REFERENCE_NOT_FOUND", "revenue_account_id")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "inventory"}, "type"),
        ({"unit_price": "free"}, "unit_price"),
        ({"unit_price": "-1"}, "unit_price"),
        ({"unit_price": "1.2345678"}, "unit_price"),
        ({"unit_price": "1" * 13}, "unit_price"),
        ({"purchase_cost": "-0.01"}, "purchase_cost"),
        ({"quantity_on_hand": "many"}, "quantity_on_hand"),
        ({"quantity_on_hand": "1"}, "quantity_on_hand"),
        ({"type": "service", "track_inventory": True}, "track_inventory"),
        ({"track_inventory": "yes"}, "track_inventory"),
        ({"locations": {}}, "locations"),
        ({"locations": [{"location_id": "a"}, {"location_id": "a"}]}, "locations"),
        ({"locations": [{"location_id": 1}]}, "locations[0].location_id"),
        ({"locations": [{"shelf": "a"}]}, "locations[0].shelf"),
        (
            {"track_inventory": True, "quantity_on_hand": "3", "locations": [{"quantity_on_hand": "2"}]},
            "quantity_on_hand",
        ),
        ({"revenue_account_id": "4000"}, "revenue_account_id"),
        ({"tax_code": "NONE"}, "tax_code"),
        ({"sku": "x" * 101}, "sku"),
        ({"description": "\x00"}, "description"),
        ({"metadata": [1]}, "metadata"),
    ],
)
def test_names_the_field_that_is_wrong(api: ApiClient, change: dict[str, Any], field: str) -> None:
    status, _, named = refused(api, **change)

    assert (status, named) == (422, field)


def test_refuses_stock_below_zero(api: ApiClient) -> None:
    response = api.post("/v1/items", {**TRACKED, "quantity_on_hand": "-1"})

    assert (response.status_code, response.json()["code"]) == (409, "INSUFFICIENT_INVENTORY")
