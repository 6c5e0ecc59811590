"""What people do beside a record: comment, take a comment back, add a file, look at it, take it off."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.files.models import StoredFile
from backfill.files.names import NOTHING_RUNS, content_disposition
from backfill.files.selectors import opened_file
from backfill.workspace.forms import WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page
from backfill.workspace.wording import sentence
from ledger.beside.attachments import add_upload, company_attachment, detach_file
from ledger.beside.comments import LONGEST, delete_comment, read_mentions, write_comment
from ledger.beside.errors import AttachmentNotFound, CommentNotFound
from ledger.beside.mentions import called, members_to_name, ways_to_name
from ledger.beside.subjects import Record, SubjectKind, company_record, open_kind
from ledger.models import Attachment, Comment, Mention
from ledger.pages.beside import ACCEPTED

_EVERYBODY = "ledger.view"
_SCRIPTED = "X-Backfill-Script"


class BesideRecord(Page):
    """What pages beside one record share: the address names its kind and its key."""

    also_needed = ""  # a permission beside the one to look at the record

    @cached_property
    def kind(self) -> SubjectKind:
        return open_kind(self.kwargs["kind"])

    def needed(self, method: str) -> str:
        return self.also_needed or self.kind.permission

    @cached_property
    def record(self) -> Record:
        if not self.workspace.allows(self.kind.permission):
            raise AttachmentNotFound(_("There is no such record in this company."))
        return company_record(self.company.pk, self.kind, self.kwargs["record_id"])

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self.record.title, self.record.url)]

    def back(self) -> str:
        return f"{self.record.url}#trail"


class CommentForm(WorkspaceForm):
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("@ and a name or address tells that member."),
    )


class WriteComment(BesideRecord, FormPage):
    """The form beside a record; what is refused is shown again on a page of its own, as it was typed."""

    title = gettext_lazy("Comment")
    form_class = CommentForm
    button = gettext_lazy("Comment")

    def submit(self, values: dict[str, Any]) -> str:
        write_comment(
            company=self.company,
            record=self.record,
            text=values["text"],
            author=self.workspace.user,
            actor=self.actor,
        )
        return _("Your comment stands beside {record}.").format(record=self.record.title)


class DeleteComment(ActionPage):
    permission = _EVERYBODY

    def act(self) -> HttpResponseBase:
        comment = Comment.objects.filter(company=self.company, pk=self.kwargs["comment_id"]).first()
        if comment is None:
            raise CommentNotFound(_("There is no such comment in this company."))
        delete_comment(company=self.company, comment_id=comment.pk, author=self.workspace.user, actor=self.actor)
        messages.success(self.request, _("Your comment is deleted. That there was one stays visible."))
        record = company_record(self.company.pk, open_kind(comment.subject_type), comment.subject_id)
        return HttpResponseRedirect(f"{record.url}#trail")


class MembersToName(BesideRecord):
    """Whom a comment may name, for the list that opens at @."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        members = members_to_name(self.company, self.record.kind.permission)
        ways = ways_to_name(members)
        others = [one for one in members if one.pk != self.workspace.user.pk]
        shown = [{"name": called(one), "email": one.email, "way": ways[one.email]} for one in others]
        return JsonResponse({"members": shown})


class FileForm(WorkspaceForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # the service says it better
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB. Kept for good once the record is posted."),
    )


class AddFile(BesideRecord, FormPage):
    """A file that was dropped or chosen. A script is answered with data, a browser with the page that follows."""

    title = gettext_lazy("Add a file")
    form_class = FileForm
    button = gettext_lazy("Add file")
    also_needed = "files.upload"
    answers_with_page = True

    def submit(self, values: dict[str, Any]) -> HttpResponseBase | str:
        done = add_upload(
            company=self.company,
            subject_type=self.record.kind.name,
            subject_id=self.record.id,
            upload=values["file"],
            actor=self.actor,
        )
        if self._is_scripted:
            return JsonResponse({"file": str(done.document_id)})
        return _("{file} stands beside {record}.").format(file=done.document.original_name, record=self.record.title)

    def show(self, *, status: int = 200, template: str = "", **extra: Any) -> Any:
        if self._is_scripted and status >= 400:
            form = extra["form"]
            said = " ".join(str(one) for errors in form.errors.values() for one in errors)
            return JsonResponse({"message": said}, status=status)
        return super().show(status=status, template=template, **extra)

    def closed(self, message: str, *, status: int, title: str = "", **extra: Any) -> HttpResponseBase:
        if self._is_scripted:
            return JsonResponse({"message": str(sentence(message))}, status=status)
        return super().closed(message, status=status, title=title, **extra)

    @property
    def _is_scripted(self) -> bool:
        return _SCRIPTED in self.request.headers


class RecordFile(BesideRecord):
    """A file at a record, to be shown in a frame of our own pages, or saved with ?download."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return file_response(self._stored(), is_saved="download" in request.GET)

    def _stored(self) -> StoredFile:
        record, file_id = self.record, self.kwargs["file_id"]
        attached = Attachment.objects.filter(
            company=self.company, subject_type=record.kind.name, subject_id=record.id, document_id=file_id
        )
        found = attached.select_related("document").first()
        if found is not None:
            return found.document
        column = record.kind.file_column
        is_own = column and record.kind.rows(self.company.pk).filter(pk=record.id, **{f"{column}_id": file_id}).exists()
        stored = StoredFile.objects.filter(company=self.company, pk=file_id).first() if is_own else None
        if stored is None:
            raise AttachmentNotFound(_("There is no such file at this record."))
        return stored


class DetachFile(ActionPage):
    permission = "files.upload"

    def act(self) -> HttpResponseBase:
        attachment = company_attachment(self.company.pk, self.kwargs["attachment_id"])
        record = company_record(self.company.pk, open_kind(attachment.subject_type), attachment.subject_id)
        try:
            detach_file(company_id=self.company.pk, attachment_id=attachment.pk, actor=self.actor)
        except DomainError as error:
            messages.error(self.request, sentence(error.message))
        else:
            name = attachment.document.original_name
            messages.success(self.request, _("{file} is taken off. The file itself is kept.").format(file=name))
        return HttpResponseRedirect(f"{record.url}#beside-files")


class OpenMention(ActionPage):
    """Go where a comment names the person, and note that it was read."""

    permission = _EVERYBODY

    def act(self) -> HttpResponseBase:
        mention = self._mention()
        comment = mention.comment
        read_mentions(company=self.company, user=self.workspace.user, record_id=comment.subject_id)
        record = company_record(self.company.pk, open_kind(comment.subject_type), comment.subject_id)
        return HttpResponseRedirect(f"{record.url}#comment-{comment.pk}")

    def _mention(self) -> Mention:
        rows = Mention.objects.filter(company=self.company, user=self.workspace.user, pk=self.kwargs["mention_id"])
        mention = rows.select_related("comment").first()
        if mention is None:
            raise CommentNotFound(_("There is no such comment in this company."))
        return mention


class ReadMentions(ActionPage):
    """Note that everything that names the person was read."""

    permission = _EVERYBODY

    def back(self) -> str:
        return super().back() if self.request.POST.get("next") else reverse("admin:index")

    def act(self) -> str:
        read_mentions(company=self.company, user=self.workspace.user, record_id=self._record_id())
        return _("Noted as read.")

    def _record_id(self) -> UUID | None:
        try:
            return UUID(self.request.POST.get("record", ""))
        except ValueError:
            return None


def file_response(stored: StoredFile, *, is_saved: bool) -> FileResponse:
    """Return the stored bytes. A browser shows them within our own pages only, and runs nothing in them."""
    response = FileResponse(opened_file(stored), content_type=stored.mime_type)
    response["Content-Disposition"] = content_disposition("attachment" if is_saved else "inline", stored.original_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = f"{NOTHING_RUNS}; frame-ancestors 'self'"
    return response
