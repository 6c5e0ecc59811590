"""How Django itself (the admin) checks a password: the same way as the API, with the same lockout."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from backfill.errors import DomainError
from backfill.tenancy.addresses import client_address
from backfill.tenancy.models import User
from backfill.tenancy.services.sign_in import verify_password


class PasswordBackend(ModelBackend):
    """Sign-in by e-mail address and password.

    A refusal raises PermissionDenied, which `django.contrib.auth.authenticate` turns into None without asking another
    backend; the sign-in form asks `verify_password` itself in order to say why.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> User | None:
        email = username or credentials.get(User.USERNAME_FIELD)
        if not email or password is None:
            return None
        address = client_address(request) if request is not None else ""
        try:
            return verify_password(email=email, password=password, address=address)
        except DomainError as refusal:
            raise PermissionDenied(refusal.message) from refusal
