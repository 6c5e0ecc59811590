"""The mail to a member whom a comment names."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from backfill.languages import written_in
from backfill.tenancy.models import QueuedMail
from backfill.tenancy.selectors import valid_memberships
from ledger.beside.errors import RecordNotFound
from ledger.beside.subjects import company_record, kind_named
from ledger.models import Mention

_EXCERPT = 1000


def mail_mention(mail: QueuedMail) -> bool:
    """Send it, unless the comment was read or taken back meanwhile, or the person has left or wants no such mails."""
    rows = Mention.objects.select_related("comment", "company", "user")
    mention = rows.filter(pk=UUID(mail.about)).first()
    if mention is None or mention.read_at is not None or mention.comment.deleted_at is not None:
        return False
    if not mention.user.mails_mentions or not valid_memberships(mention.company).filter(user=mention.user).exists():
        return False
    kind = kind_named(mention.comment.subject_type)
    if kind is None:
        return False
    with written_in(mention.user.language, mention.company.language):
        try:
            record = company_record(mention.company_id, kind, mention.comment.subject_id)
        except RecordNotFound:
            return False
        facts = {
            "author": mention.comment.author_label,
            "record": record.title,
            "company": mention.company.name,
            "text": Truncator(mention.comment.text).chars(_EXCERPT),
            "link": f"{settings.BASE_URL}{record.url}#comment-{mention.comment_id}",
        }
        subject = _("{author} names you beside {record}").format(author=facts["author"], record=record.title)
        body = render_to_string("ledger/mail/mention.txt", facts)
        EmailMessage(subject=" ".join(subject.split()), body=body, to=[mention.user.email]).send()
    return True
