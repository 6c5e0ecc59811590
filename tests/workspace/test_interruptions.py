"""What interrupts a form says that nothing was done, and leads back to it."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Membership, Role
from backfill.workspace.submissions import DONE_COOKIE
from receivables.models import Customer
from tests.factories import make_company, make_customer
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db
ENDED = "Your session had ended, so nothing was done."


def destination(response: object) -> str:
    """Return where the sign-in page goes on to."""
    location = urlsplit(response.headers["Location"])  # type: ignore[attr-defined]
    assert location.path == reverse("admin:login")
    return parse_qs(location.query)["next"][0]


class TestAnEndedSession:
    def test_says_so_and_leads_back_to_the_form(self, client: Client, company: Company) -> None:
        address = f"{reverse('admin:new_customer')}?from=list"
        response = client.post(address, {"name": "Harbor Supplies", "request_id": str(uuid4())})
        assert destination(response) == address
        assert ENDED in words(client.get(response.headers["Location"]))
        assert not Customer.objects.exists()

    def test_leads_back_to_the_page_of_a_button(self, client: Client, company: Company) -> None:
        customer = make_customer(company)
        page = reverse("admin:customer", args=[customer.pk])
        address = reverse("admin:deactivate_customer", args=[customer.pk])
        response = client.post(address, headers={"referer": f"http://testserver{page}?tab=items"})
        assert destination(response) == f"{page}?tab=items"

    @pytest.mark.parametrize(
        "referer", ["", "https://evil.example/admin/", "http://testserver/v1/reference", "//x/admin/"]
    )
    def test_leads_to_no_page_of_others(self, client: Client, company: Company, referer: str) -> None:
        address = reverse("admin:deactivate_customer", args=[make_customer(company).pk])
        response = client.post(address, headers={"referer": referer})
        assert destination(response) == reverse("admin:index")

    def test_of_somebody_who_only_looks_needs_no_words(self, client: Client, company: Company) -> None:
        response = client.get(reverse("admin:journal"))
        assert destination(response) == reverse("admin:journal")
        assert ENDED not in words(client.get(response.headers["Location"]))

    def test_leads_from_the_switch_of_companies_to_the_dashboard(self, client: Client, company: Company) -> None:
        response = client.post(reverse("admin:switch_company"), {"company": str(company.pk)})
        assert destination(response) == reverse("admin:index")


class TestAnotherCompany:
    def test_is_left_by_a_button_that_leads_back_to_the_form(self, owner: Client, company: Company) -> None:
        other = make_company(name="Globex Corp.", chart="us", currency="USD", country="US")
        user = Membership.objects.get(company=company).user
        Membership.objects.create(company=other, user=user, role="owner")
        address = reverse("admin:new_customer")
        refused = owner.post(address, {"name": "Harbor", "page_company": str(other.pk), "request_id": str(uuid4())})
        assert refused.status_code == 409
        assert refused.context["page_company"] == other
        assert refused.context["page_address"] == address
        switched = owner.post(reverse("admin:switch_company"), {"company": str(other.pk), "next": address})
        assert switched.headers["Location"] == address
        assert not Customer.objects.exists()

    def test_names_no_company_of_others(self, owner: Client) -> None:
        stranger = make_company(name="Strangers Ltd.", chart="us", currency="USD", country="US")
        refused = owner.post(reverse("admin:new_customer"), {"page_company": str(stranger.pk)})
        assert refused.status_code == 409
        assert refused.context["page_company"] is None
        assert "Strangers" not in words(refused)

    def test_leads_to_no_page_of_others(self, owner: Client, company: Company) -> None:
        form = {"company": str(company.pk), "next": "https://evil.example/"}
        assert owner.post(reverse("admin:switch_company"), form).headers["Location"] == reverse("admin:index")


class TestAPageFromBeforeSigningIn:
    def test_says_so_and_leads_back(self, company: Company, signed_in: SignedIn) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.cookies = signed_in(company, Role.OWNER).cookies
        address = reverse("admin:new_customer")
        response = browser.post(address, {"name": "Harbor"}, headers={"referer": f"http://testserver{address}"})
        assert response.status_code == 403
        assert f'href="{address}"' in response.content.decode()
        assert not Customer.objects.exists()


class TestTheEffectOfAForm:
    def test_is_told_in_a_cookie_once_it_had_one(self, owner: Client) -> None:
        first, second = str(uuid4()), str(uuid4())
        refused = owner.post(reverse("admin:new_customer"), {"name": "", "request_id": first})
        assert DONE_COOKIE not in refused.cookies
        done = owner.post(reverse("admin:new_customer"), {"name": "Harbor", "request_id": first})
        assert done.cookies[DONE_COOKIE].value == first
        assert done.cookies[DONE_COOKIE]["path"] == "/admin/"
        repeated = owner.post(reverse("admin:new_customer"), {"name": "Harbor", "request_id": first})
        assert repeated.cookies[DONE_COOKIE].value.split(".")[-1] == first
        also = owner.post(reverse("admin:new_customer"), {"name": "Quay", "request_id": second})
        assert also.cookies[DONE_COOKIE].value.split(".")[-1] == second

    def test_keeps_nothing_in_the_cookie_that_is_no_id(self, owner: Client) -> None:
        owner.cookies[DONE_COOKIE] = "x; Path=/.<script>." + ".".join(str(uuid4()) for _ in range(30))
        done = owner.post(reverse("admin:new_customer"), {"name": "Harbor", "request_id": str(uuid4())})
        assert len(done.cookies[DONE_COOKIE].value.split(".")) == 8
        assert "script" not in done.cookies[DONE_COOKIE].value
