"""What signing in and the contact form take and answer."""

from typing import Any

from rest_framework import serializers

from backfill.api.fields import OptionalText, StrictUUIDField, TextField
from backfill.api.serializers import BookkeepingInput


class LoginInput(BookkeepingInput):
    email = serializers.EmailField(max_length=254)
    password = TextField(max_length=1024, trim_whitespace=False)
    code = OptionalText(max_length=20, help_text="Of the authenticator app, for people who have set one up.")
    tenant_id = StrictUUIDField(
        required=False, allow_null=True, help_text="The company to work in; by default the one used last."
    )


class LoginUserAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=["owner", "admin", "member"])


class TenantAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    company_name = serializers.CharField()


class LoginAnswer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="The session token, to be sent as the bearer token.")
    user = LoginUserAnswer()
    tenant = TenantAnswer()


class ForgotPasswordInput(BookkeepingInput):
    email = serializers.EmailField(max_length=254)


class SetupPasswordInput(BookkeepingInput):
    token = TextField(max_length=100, help_text="From an invitation or a reset mail.")
    password = TextField(
        max_length=1024, trim_whitespace=False, help_text="The new password: at least ten characters, not a common one."
    )


class ContactInput(BookkeepingInput):
    name = TextField(max_length=200)
    email = serializers.EmailField(max_length=254, help_text="Where to answer.")
    message = TextField(max_length=5000)
    _honeypot = OptionalText(help_text="Leave it empty: whatever fills it in is a program.")


class OkAnswer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
