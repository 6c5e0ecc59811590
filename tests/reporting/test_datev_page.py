"""The DATEV export in the admin."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backfill.tenancy.models import Company
from reporting.datev_exports import _note_progress, percent_written, waiting_exports
from reporting.models import DatevExport
from reporting.tasks import write_datev_export
from tests.factories import make_company, make_entry, make_user
from tests.reporting.books import book
from tests.workspace.conftest import Browser

pytestmark = pytest.mark.django_db

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture
def company() -> Company:
    company = make_company(
        chart="skr04", currency="EUR", country="DE", datev_consultant_number=29098, datev_client_number=55003
    )
    book(company, "2026-03-01", ("6815", "100"), ("1800", "-100"), memo="Papier")
    book(company, "2026-04-01", ("6815", "50"), ("1800", "-50"))
    return company


@pytest.fixture
def member(company: Company) -> Client:
    client = Browser()
    client.force_login(make_user(company))
    return client


def test_counts_what_it_would_export(member: Client) -> None:
    page = member.get(reverse("admin:datev_export"), MARCH)
    assert "1 entry in this range." in page.content.decode()


def test_downloads_the_batch(member: Client) -> None:
    answer = member.get(reverse("admin:datev_export"), {**MARCH, "download": "1"})
    content = b"".join(answer.streaming_content).decode("cp1252")
    assert answer["Content-Disposition"] == 'attachment; filename="EXTF_Buchungsstapel_20260301_20260331.csv"'
    assert content.startswith('"EXTF";700;21;"Buchungsstapel";13;')
    assert [row.split(";")[0] for row in content.split("\r\n")[2:-1]] == ["100,00"]
    assert '"Papier"' in content


def test_says_what_is_wrong_at_the_field_to_blame(member: Client) -> None:
    answer = member.get(reverse("admin:datev_export"), {"start": "2026-12-01", "end": "2027-01-31", "download": "1"})
    assert answer.status_code == 422
    assert "A DATEV batch lies within one fiscal year" in answer.content.decode()


def test_says_that_the_numbers_are_missing(client: Client) -> None:
    company = make_company(chart="skr03", currency="EUR")
    make_entry(company, on=date(2026, 3, 1))
    client.force_login(make_user(company))
    page = client.get(reverse("admin:datev_export"))
    assert page.status_code == 200
    assert "Set the DATEV consultant number" in page.content.decode()
    assert "under Settings → Company" in page.content.decode()


def test_says_in_one_line_that_it_needs_a_german_chart(client: Client) -> None:
    company = make_company()
    make_entry(company, on=date(2026, 3, 1))
    client.force_login(make_user(company))
    page = client.get(reverse("admin:datev_export"), {**MARCH, "download": "1"})
    main = page.content.decode().partition('id="main"')[2]
    assert f"needs a German chart of accounts, SKR03 or SKR04; {company.name} has US GAAP small business." in main
    assert [word for word in ("Download", "Count entries", "consultant") if word in main] == []


class TestInTheBackground:
    def asked(self, member: Client, monkeypatch: pytest.MonkeyPatch) -> DatevExport:
        monkeypatch.setattr("reporting.pages.datev.LARGE", 1)
        page = member.get(reverse("admin:datev_export"), {**MARCH, "download": "1"})
        assert "Have it written" in page.content.decode()
        answer = member.post(reverse("admin:request_datev_export"), MARCH, follow=True)
        assert "The batch is being written" in answer.content.decode()
        return DatevExport.objects.get()

    def test_writes_a_large_batch_once_and_offers_it(self, member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        export = self.asked(member, monkeypatch)
        assert (export.status, export.entry_count, waiting_exports()) == ("waiting", 1, [export.pk])
        fetch = reverse("admin:fetch_datev_export", args=[export.pk])
        assert member.get(fetch).status_code == 404
        assert write_datev_export(str(export.pk)) == "done"
        assert write_datev_export(str(export.pk)) is None
        assert waiting_exports() == []
        answer = member.get(fetch)
        assert answer["Content-Disposition"] == 'attachment; filename="EXTF_Buchungsstapel_20260301_20260331.csv"'
        rows = b"".join(answer.streaming_content).decode("cp1252").split("\r\n")
        assert [row.split(";")[0] for row in rows[2:-1]] == ["100,00"]
        assert "Fetch" in member.get(reverse("admin:datev_export")).content.decode()

    def test_tells_how_far_it_is(self, member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        export = self.asked(member, monkeypatch)
        DatevExport.objects.update(status="running", entry_count=8_000)
        export.refresh_from_db()
        _note_progress(export, 2_000)
        assert percent_written(export) == 25
        assert "Being written, 25 %" in member.get(reverse("admin:datev_export")).content.decode()

    def test_says_why_it_failed(self, member: Client, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        export = self.asked(member, monkeypatch)
        Company.objects.filter(pk=company.pk).update(datev_client_number=None)
        assert write_datev_export(str(export.pk)) == "failed"
        assert "Set the DATEV consultant number" in DatevExport.objects.get().failure

    def test_takes_over_what_a_dead_worker_left(self, member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        export = self.asked(member, monkeypatch)
        DatevExport.objects.update(status="running", claimed_at=timezone.now())
        assert (write_datev_export(str(export.pk)), waiting_exports()) == (None, [])
        DatevExport.objects.update(claimed_at=timezone.now() - timedelta(minutes=16))
        assert waiting_exports() == [export.pk]
        assert write_datev_export(str(export.pk)) == "done"

    def test_loses_nothing_while_the_broker_is_down(
        self, member: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        def unreachable(*_: object, **__: object) -> None:
            raise ConnectionError("no broker")

        monkeypatch.setattr("reporting.datev_exports.signature", unreachable)
        with django_capture_on_commit_callbacks(execute=True):
            export = self.asked(member, monkeypatch)
        assert export.status == "waiting"

    def test_is_fetched_by_the_company_alone(self, member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        export = self.asked(member, monkeypatch)
        write_datev_export(str(export.pk))
        stranger = Client()
        stranger.force_login(make_user(make_company()))
        assert stranger.get(reverse("admin:fetch_datev_export", args=[export.pk])).status_code == 404
