"""Approval by a second person: what each step does with a subject, and who may not take it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from backfill.tenancy.actors import Actor, ActorKind, system_actor
from ledger.entries import approval
from ledger.entries.approval import NotApprovable
from ledger.errors import ApprovalRequired, SelfApprovalDenied
from ledger.models import ApprovalStatus
from ledger.models.activity import actor_facts

ANNA = Actor(kind=ActorKind.USER, label="Anna", surface="admin", user_id=UUID(int=1))
BEN = Actor(kind=ActorKind.USER, label="Ben", surface="admin", user_id=UUID(int=2))
KEY_OF_ANNA = Actor(kind=ActorKind.API_KEY, label="key", surface="api", user_id=UUID(int=1), key_prefix="bk_1")
STATES = list(ApprovalStatus.values)


@dataclass
class Subject:
    approval_status: str
    company: Any


def subject(status: str = "draft", *, asks: bool = True) -> Subject:
    return Subject(status, SimpleNamespace(requires_approval=asks))


def approve(one: Subject, actor: Actor, by: Actor | None, *, is_asked: bool = True) -> bool:
    facts = actor_facts(by) if by else None
    return approval.approve(one, actor, facts, is_asked=is_asked, words="invoice INV-1", noun="an invoice")


def test_approves_what_another_person_submitted() -> None:
    one = subject("pending_approval")
    assert approve(one, BEN, ANNA)
    assert one.approval_status == "approved"
    assert not approve(one, BEN, ANNA)


@pytest.mark.parametrize("actor", [ANNA, KEY_OF_ANNA])
def test_denies_the_one_who_submitted_it_by_whatever_credential(actor: Actor) -> None:
    one = subject("pending_approval")
    with pytest.raises(SelfApprovalDenied, match="an invoice is approved by another person"):
        approve(one, actor, ANNA)
    assert one.approval_status == "pending_approval"


def test_denies_an_actor_without_a_user_what_such_a_one_submitted() -> None:
    one = subject("pending_approval")
    with pytest.raises(SelfApprovalDenied):
        approve(one, system_actor("worker"), system_actor("command"))
    assert approve(one, ANNA, system_actor())


def test_asks_for_submission_first() -> None:
    with pytest.raises(ApprovalRequired, match="invoice INV-1 has not been submitted"):
        approve(subject(), BEN, None)


@pytest.mark.parametrize(("asks", "is_asked"), [(False, True), (True, False)])
def test_lets_anybody_approve_a_draft_where_nobody_is_asked(asks: bool, is_asked: bool) -> None:
    one = subject(asks=asks)
    assert approve(one, ANNA, ANNA, is_asked=is_asked)
    assert one.approval_status == "approved"


@pytest.mark.parametrize("status", STATES)
def test_takes_each_step_from_where_it_fits_and_refuses_it_elsewhere(status: str) -> None:
    for step, arrives, fits in (
        (approval.submit, "pending_approval", {"draft", "rejected"}),
        (approval.reject, "rejected", {"pending_approval"}),
    ):
        one = subject(status)
        if status == arrives:
            assert not step(one)
        elif status in fits:
            assert step(one)
            assert one.approval_status == arrives
        else:
            with pytest.raises(NotApprovable):
                step(one)
            assert one.approval_status == status
    if status in {"void", "rejected"}:
        with pytest.raises(NotApprovable, match="approved"):
            approve(subject(status), BEN, ANNA)


def test_posts_what_is_approved_or_needs_no_approval() -> None:
    for one, is_asked in ((subject("approved"), True), (subject(asks=False), True), (subject(), False)):
        approval.check_before_posting(one, is_asked=is_asked, words="invoice INV-1")
        assert one.approval_status == "approved"
    for status in ("draft", "pending_approval"):
        with pytest.raises(ApprovalRequired, match="submit invoice INV-1 and have it approved"):
            approval.check_before_posting(subject(status), is_asked=True, words="invoice INV-1")


def test_withdraws_what_was_approved_of_another_wording() -> None:
    one = subject("approved")
    approval.withdraw(one)
    assert one.approval_status == "draft"
