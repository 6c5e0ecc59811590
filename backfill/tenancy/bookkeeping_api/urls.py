"""Paths of the Bookkeeping contract, without the leading `v1/`."""

from django.urls import URLPattern, path

from backfill.tenancy.bookkeeping_api.views import ContactView, ForgotPasswordView, LoginView, SetupPasswordView

urlpatterns: list[URLPattern] = [
    path("auth/login", LoginView.as_view()),
    path("auth/forgot-password", ForgotPasswordView.as_view()),
    path("auth/setup-password", SetupPasswordView.as_view()),
    path("contact", ContactView.as_view()),
]
