"""Comments at records: said, taken back, and read by those whom they name."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company, MailKind, User
from backfill.tenancy.services.outbox import queue_mail
from ledger.beside.errors import CommentNotFound, CommentOfAnother
from ledger.beside.mentions import members_to_name, named_in
from ledger.beside.subjects import Record
from ledger.models import Comment, Mention
from ledger.models.activity import record_activity

LONGEST: Final = 4000


@transaction.atomic
def write_comment(*, company: Company, record: Record, text: str, author: User, actor: Actor) -> Comment:
    """Say something about a record. Members whom the text names find it on their start page, and in a mail unless they
    want none; whoever answers has read what named them there. Raises ValidationFailed."""
    text = _checked(text)
    named = named_in(text, members_to_name(company, record.kind.permission)) if "@" in text else []
    comment = Comment.objects.create(
        company=company,
        subject_type=record.kind.name,
        subject_id=record.id,
        author=author,
        author_label=actor.label,
        text=text,
    )
    others = [one for one in named if one.user.pk != author.pk]
    mentions = [Mention(company=company, comment=comment, user=one.user, name=one.name) for one in others]
    Mention.objects.bulk_create(mentions)
    for mention in mentions:
        if mention.user.mails_mentions:
            queue_mail(MailKind.MENTION, mention.pk)
    _record(comment, "commented", actor)
    read_mentions(company=company, user=author, record_id=record.id)
    return comment


@transaction.atomic
def delete_comment(*, company: Company, comment_id: UUID, author: User, actor: Actor) -> Comment:
    """Take a comment back. Its row stays and tells that there was one. Safe to repeat.

    Raises CommentNotFound, CommentOfAnother.
    """
    comment = Comment.objects.select_for_update().filter(company=company, pk=comment_id).first()
    if comment is None:
        raise CommentNotFound(_("There is no such comment in this company."))
    if comment.author_id != author.pk:
        raise CommentOfAnother(_("Only the person who wrote a comment can delete it."))
    if comment.deleted_at is None:
        comment.text, comment.deleted_at = "", timezone.now()
        comment.save(update_fields=["text", "deleted_at"])
        _record(comment, "comment_deleted", actor)
    return comment


def read_mentions(*, company: Company, user: User, record_id: UUID | None = None) -> int:
    """Note that a person has read what names them, at one record or everywhere; return how many were unread."""
    unread = Mention.objects.filter(company=company, user=user, read_at=None)
    if record_id is not None:
        unread = unread.filter(comment__subject_id=record_id)
    return unread.update(read_at=timezone.now())


def comments_of(*, company_id: UUID, subject_id: UUID) -> QuerySet[Comment]:
    """The comments at a record with the members they name, oldest first. Two statements."""
    rows = Comment.objects.filter(company_id=company_id, subject_id=subject_id)
    return rows.prefetch_related("mentions")


def mentions_of(*, company: Company, user: User, limit: int) -> QuerySet[Mention]:
    """The latest comments that name a person. One statement."""
    rows = Mention.objects.filter(company=company, user=user, comment__deleted_at=None).select_related("comment")
    return rows.order_by("-created_at", "-id")[:limit]


def _checked(text: str) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        raise ValidationFailed(_("Write what you want to say."), field="text")
    if len(text) > LONGEST:
        raise ValidationFailed(
            _("A comment has at most {longest} characters; this one has {length}.").format(
                longest=LONGEST, length=len(text)
            ),
            field="text",
        )
    return text


def _record(comment: Comment, verb: str, actor: Actor) -> None:
    record_activity(
        company_id=comment.company_id,
        subject_type=comment.subject_type,
        subject_id=comment.subject_id,
        verb=verb,
        actor=actor,
        comment_id=str(comment.pk),
    )
