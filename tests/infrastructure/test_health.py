import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from backfill import health


@pytest.fixture(autouse=True)
def forget_broker() -> None:
    health._broker.cache_clear()


def test_is_alive_without_asking_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_is_ready(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    assert client.get("/readyz").status_code == 200
    with django_assert_num_queries(1):  # that all migrations are applied is remembered
        assert client.get("/readyz").json()["checks"] == {"database": "ok", "broker": "ok", "migrations": "ok"}


@pytest.mark.django_db
def test_is_not_ready_without_its_broker(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "checks": {"database": "ok", "broker": "failed", "migrations": "ok"},
    }
    health._broker.cache_clear()


@pytest.mark.django_db
def test_is_not_ready_without_its_database(client: Client) -> None:
    def refuse(*_arguments: object) -> None:
        raise OperationalError("the connection is closed")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"


@pytest.mark.django_db
def test_is_not_ready_before_its_migrations(client: Client) -> None:
    health._schema_is_current_for_good.cache_clear()
    latest = MigrationRecorder.Migration.objects.filter(app="tenancy").latest("pk")
    MigrationRecorder(connection).record_unapplied("tenancy", latest.name)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "failed"


def test_shows_metrics_on_a_single_machine(client: Client, settings: Settings) -> None:
    settings.PRIVATE, settings.METRICS_TOKEN = True, ""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert b"django_http_requests_total_by_method_total" in answer.content


def test_hides_metrics_elsewhere(client: Client, settings: Settings) -> None:
    settings.PRIVATE, settings.METRICS_TOKEN = False, ""
    assert client.get("/metrics").status_code == 404


def test_shows_metrics_to_who_has_the_token(client: Client, settings: Settings) -> None:
    settings.PRIVATE, settings.METRICS_TOKEN = False, "ünique"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 401
    settings.METRICS_TOKEN = "unique"
    assert client.get("/metrics", headers={"Authorization": "Bearer unique"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_answers_no_writes(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
