"""The page of a kept file: what it is, what it belongs to, and the file itself."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from backfill.errors import NotFound
from backfill.files.models import StoredFile
from backfill.workspace.pages import Page
from ledger.pages.beside_steps import file_response
from ledger.pages.links import links_of_file


class FilePage(Page):
    template_name = "ledger/file.html"
    permission = "files.view"

    @cached_property
    def file(self) -> StoredFile:
        found = StoredFile.objects.filter(company=self.company, pk=self.kwargs["file_id"]).first()
        if found is None:
            raise NotFound(_("There is no such file in this company."))
        return found

    def page_title(self) -> str:
        return self.file.original_name

    def context(self) -> dict[str, Any]:
        return {"file": self.file, "links": links_of_file(self.file)}


class FileContent(FilePage):
    """The bytes as they were kept, to be looked at in the browser."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return file_response(self.file, is_saved=False)
