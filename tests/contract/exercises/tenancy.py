"""Signing in, and the contact form."""

from backfill.tenancy.one_time_tokens import issue_password_token
from tests.contract.live import Call, World, exercise
from tests.factories import PASSWORD


@exercise("books", "POST /v1/auth/login")
def login(world: World) -> Call:
    return Call({"email": world.member.user.email, "password": PASSWORD})


@exercise("books", "POST /v1/auth/forgot-password")
def forgot_password(world: World) -> Call:
    return Call({"email": world.member.user.email})


@exercise("books", "POST /v1/auth/setup-password")
def setup_password(world: World) -> Call:
    return Call({"token": issue_password_token(world.member.user), "password": "another horse battery"})


@exercise("books", "POST /v1/contact")
def contact(world: World) -> Call:
    return Call({"name": "Jane Doe", "email": "jane@acme.com", "message": "Hello", "_honeypot": ""})
