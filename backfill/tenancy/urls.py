"""People's own pages, beside the admin's sign-in page. They must come before the admin's own URLs."""

from django.urls import path

from backfill.tenancy.views import AcceptInvitationPage, ForgottenPasswordPage, SetPasswordPage

urlpatterns = [
    path("admin/set-password/", SetPasswordPage.as_view(), name="set_password"),
    path("admin/accept-invitation/", AcceptInvitationPage.as_view(), name="accept_invitation"),
    # The name by which the admin's sign-in page finds it.
    path("admin/forgotten-password/", ForgottenPasswordPage.as_view(), name="admin_password_reset"),
]
