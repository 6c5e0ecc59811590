import pytest
from django.test import RequestFactory

from backfill.tenancy.forms import SignInForm
from backfill.tenancy.models import Company, Membership
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"


@pytest.fixture
def anna(company: Company) -> Membership:
    return make_member(company, email=EMAIL, password=PASSWORD)


def filled_in(rf: RequestFactory, password: str, email: str = EMAIL) -> SignInForm:
    return SignInForm(rf.post("/admin/login/"), {"username": email, "password": password})


def test_lets_a_person_in(rf: RequestFactory, anna: Membership) -> None:
    form = filled_in(rf, PASSWORD)
    assert form.is_valid()
    assert form.get_user() == anna.user


def test_says_what_is_wrong_without_saying_which(rf: RequestFactory, anna: Membership) -> None:
    wrong, unknown = filled_in(rf, "wrong"), filled_in(rf, "wrong", "nobody@example.com")
    assert wrong.non_field_errors() == unknown.non_field_errors() == ["The e-mail address or the password is wrong."]


def test_says_that_the_way_in_is_locked(rf: RequestFactory, anna: Membership) -> None:
    for _ in range(6):
        filled_in(rf, "wrong").is_valid()
    assert filled_in(rf, PASSWORD).non_field_errors() == [
        "Too many attempts to sign in. Wait a while, or set a new password by mail."
    ]


def test_keeps_out_somebody_who_may_not_use_the_admin(rf: RequestFactory, anna: Membership) -> None:
    anna.user.is_staff = False
    anna.user.save()
    assert not filled_in(rf, PASSWORD).is_valid()


def test_asks_for_both(rf: RequestFactory, db: None) -> None:
    assert set(filled_in(rf, "", "").errors) == {"username", "password"}
