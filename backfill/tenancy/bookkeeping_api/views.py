"""Signing in to the Bookkeeping contract, and the contact form."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.operations import operation
from backfill.api.scopes import ANY_SCOPE
from backfill.api.views import BookkeepingView
from backfill.tenancy.addresses import client_address
from backfill.tenancy.bookkeeping_api.serializers import (
    ContactInput,
    ForgotPasswordInput,
    LoginAnswer,
    LoginInput,
    OkAnswer,
    SetupPasswordInput,
)
from backfill.tenancy.models import Role
from backfill.tenancy.services import receive_contact_message, request_password_reset, set_password, sign_in

_EMAIL = "anna@example.de"
_PASSWORD = "correct horse battery"  # noqa: S105 - shown in the reference


class LoginView(BookkeepingView):
    public = True

    @operation(
        summary="Password login",
        description=(
            "Answers a session token for one company. An unknown e-mail address and a wrong password look alike; after "
            "five failures the address is locked for a quarter of an hour, for the right password too. Whoever has set "
            "up a second factor sends its code; a company may require one of all its members."
        ),
        tag="auth",
        body=LoginInput,
        answer=LoginAnswer,
        errors={
            401: ("INVALID_CREDENTIALS", "TWO_FACTOR_CODE_REQUIRED"),
            403: ("TWO_FACTOR_REQUIRED",),
            429: ("RATE_LIMITED",),
        },
        body_example={"email": _EMAIL, "password": _PASSWORD},
        answer_example={
            "token": "sess_…",
            "user": {"id": "7b0c2f5e-2d0e-4b7e-9a55-1f6f5a0d1c11", "email": _EMAIL, "role": "owner"},
            "tenant": {"id": "0c9f8e1a-44f5-4c3b-8f0a-6f2f0a9c2b22", "company_name": "Beispiel GmbH"},
        },
    )
    def post(self, request: Request) -> Response:
        body = self.body()
        company_id = body.get("tenant_id")
        signed_in = sign_in(
            email=body["email"],
            password=body["password"],
            address=client_address(request),
            company_id=company_id and str(company_id),
            code=body.get("code"),
        )
        user, company = signed_in.user, signed_in.membership.company
        answer = {
            "token": signed_in.token,
            "user": {"id": user.pk, "email": user.email, "role": _published_role(signed_in.membership.role)},
            "tenant": {"id": company.pk, "company_name": company.name},
        }
        return Response(LoginAnswer(answer).data, headers={"Cache-Control": "no-store"})


class ForgotPasswordView(BookkeepingView):
    public = True

    @operation(
        summary="Send a reset link",
        description="Always ok, whether there is such a person or not. The link works once and expires.",
        tag="auth",
        body=ForgotPasswordInput,
        answer=OkAnswer,
        body_example={"email": _EMAIL},
        answer_example={"ok": True},
    )
    def post(self, request: Request) -> Response:
        request_password_reset(email=self.body()["email"], address=client_address(request))
        return Response({"ok": True})


class SetupPasswordView(BookkeepingView):
    public = True

    @operation(
        summary="Set a password with a mailed token",
        description=(
            "Uses up the token of a reset mail and ends the person's other sessions, or accepts an invitation. "
            "Somebody invited who has an account sends their own password."
        ),
        tag="auth",
        body=SetupPasswordInput,
        answer=OkAnswer,
        errors={400: ("INVALID_TOKEN",), 401: ("INVALID_CREDENTIALS",), 429: ("RATE_LIMITED",)},
        body_example={"token": "pwd_…", "password": _PASSWORD},
        answer_example={"ok": True},
    )
    def post(self, request: Request) -> Response:
        body = self.body()
        set_password(token=body["token"], password=body["password"], address=client_address(request))
        return Response({"ok": True})


class ContactView(BookkeepingView):
    scopes = {"POST": ANY_SCOPE}

    @property
    def public(self) -> bool:  # type: ignore[override]
        """Open to anybody without a credential where the operator says so; one that is sent is looked at."""
        request = getattr(self, "request", None)
        return bool(settings.CONTACT_IS_PUBLIC) and not (request and "HTTP_AUTHORIZATION" in request.META)

    @operation(
        summary="Contact form",
        description="At most ten messages an hour. A message with `_honeypot` filled in is dropped silently.",
        tag="contact",
        body=ContactInput,
        answer=OkAnswer,
        errors={429: ("RATE_LIMITED",)},
        body_example={"name": "Anna", "email": _EMAIL, "message": "Please call me back."},
        answer_example={"ok": True},
    )
    def post(self, request: Request) -> Response:
        body = self.body()
        if not body.get("_honeypot"):
            receive_contact_message(
                name=body["name"],
                email=body["email"],
                message=body["message"],
                credential=None if self.public else self.credential,
                address=client_address(request),
            )
        return Response({"ok": True})


def _published_role(role: str) -> str:
    """Return the role as the contract knows it: owner, admin, and member for everybody else."""
    return role if role in {Role.OWNER, Role.ADMIN} else "member"
