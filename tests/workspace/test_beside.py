"""Beside a record: its files, comments that name members, and what happened to it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backfill.errors import ValidationFailed
from backfill.files.models import StoredFile
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, Membership, QueuedMail, Role
from ledger.beside.attachments import attach_file
from ledger.beside.comments import delete_comment, write_comment
from ledger.beside.subjects import Record, company_record, open_kind
from ledger.entries.entries import amend_entry, create_draft, post_entry, reverse_entry, update_draft
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.models import Activity, Attachment, Comment, JournalEntry, Mention
from receivables.services.invoices import update_invoice, void_invoice
from receivables.services.payments import create_payment, unapply_payment
from tests.factories import actor_of, make_customer, make_invoice, make_member
from tests.workspace import routes
from tests.workspace.conftest import Browser, words

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pdf(name: str = "offer.pdf", content: bytes = PDF, declared: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=declared)


def member(company: Company, name: str = "", **fields: Any) -> Membership:
    made = make_member(company, **fields)
    made.user.full_name = name
    made.user.save()
    return made


def at_work(person: Membership) -> Client:
    client = Browser()
    client.force_login(person.user)
    return client


def posted(company: Company) -> JournalEntry:
    return JournalEntry.objects.filter(company=company).earliest("entry_date")


def record(company: Company, kind: str, key: UUID) -> Record:
    return company_record(company.pk, open_kind(kind), key)


def say(company: Company, about: Record, text: str, person: Membership) -> Comment:
    return write_comment(company=company, record=about, text=text, author=person.user, actor=actor_of(person))


def address(name: str, kind: str, key: object) -> str:
    return reverse(f"admin:{name}", args=[kind, key])


# --- Comments ----------------------------------------------------------------------------------------------------


def test_shows_a_comment_on_its_record_and_logs_it_without_its_text(company: Company) -> None:
    anna, entry = member(company, "Anna Berg"), posted(company)
    client = at_work(anna)
    answer = client.post(address("write_comment", "journal_entry", entry.pk), {"text": "Why <b>so</b> much?"})
    assert answer.headers["Location"] == reverse("admin:journal_entry", args=[entry.pk]) + "#trail"
    page = words(client.get(reverse("admin:journal_entry", args=[entry.pk])))
    assert "Why &lt;b&gt;so&lt;/b&gt; much?" in page
    logged = Activity.objects.get(subject_id=entry.pk, verb="commented")
    assert (logged.actor["label"], "much" in str(logged.detail)) == (anna.user.email, False)


@pytest.mark.parametrize("role", Role.values)
def test_lets_whoever_may_look_comment(role: str, company: Company) -> None:
    person = member(company, role=role, ends_on=company.today() if role == Role.AUDITOR else None)
    entry = posted(company)
    answer = at_work(person).post(address("write_comment", "journal_entry", entry.pk), {"text": "Seen."})
    assert answer.status_code == 302
    assert Comment.objects.get(subject_id=entry.pk).author == person.user


@pytest.mark.parametrize(("text", "said"), [("  \n ", "required"), ("x" * 4001, "4000")], ids=["empty", "too long"])
def test_shows_a_refused_comment_again_as_it_was_typed(text: str, said: str, company: Company, owner: Client) -> None:
    answer = owner.post(address("write_comment", "journal_entry", posted(company).pk), {"text": text})
    assert answer.status_code == 422
    assert said in words(answer)
    assert text.strip() in answer.content.decode()
    assert not Comment.objects.exists()


def test_takes_a_comment_once_however_often_it_is_sent(company: Company, owner: Client) -> None:
    form = {"text": "Once.", "request_id": str(uuid4())}
    for _ in range(2):
        owner.post(address("write_comment", "journal_entry", posted(company).pk), form)
    assert Comment.objects.count() == 1


def test_takes_back_a_comment_and_leaves_a_trace(company: Company) -> None:
    anna, ben, entry = member(company), member(company), posted(company)
    comment = say(company, record(company, "journal_entry", entry.pk), "Wrong account!", anna)
    url = reverse("admin:delete_comment", args=[comment.pk])
    assert at_work(ben).post(url).status_code == 302
    comment.refresh_from_db()
    assert comment.text == "Wrong account!"
    at_work(anna).post(url)
    at_work(anna).post(url)
    comment.refresh_from_db()
    assert (comment.text, comment.deleted_at is not None) == ("", True)
    page = words(at_work(ben).get(reverse("admin:journal_entry", args=[entry.pk])))
    assert "Wrong account!" not in page
    assert "Deleted by its author" in page
    assert Activity.objects.filter(subject_id=entry.pk, verb="comment_deleted").count() == 1


def test_knows_no_record_and_no_comment_of_another_company(company: Company, other: Company, owner: Client) -> None:
    stranger = member(other)
    theirs = say(other, record(other, "journal_entry", posted(other).pk), "Secret", stranger)
    for name in ("write_comment", "members_to_name", "add_file"):
        method = owner.get if name == "members_to_name" else owner.post
        assert method(address(name, "journal_entry", posted(other).pk), {"text": "x"}).status_code == 404, name
    owner.post(reverse("admin:delete_comment", args=[theirs.pk]))
    theirs.refresh_from_db()
    assert theirs.deleted_at is None


@pytest.mark.parametrize("kind", ["company", "tax_code", "nothing", "x" * 60])
def test_knows_no_kind_that_has_no_comments(kind: str, company: Company, owner: Client) -> None:
    assert owner.post(address("write_comment", kind, company.pk), {"text": "x"}).status_code == 404


# --- Names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Ben Cole please look", ["Ben Cole"]),
        ("please look, @ben cole.", ["ben cole"]),
        ("@ben@example.com look", ["ben@example.com"]),
        ("(@Ben Cole) @Ben Cole", ["Ben Cole"]),
        ("write to ben@example.com", []),
        ("@Ben Coleman", []),
        ("@Nobody", []),
    ],
)
def test_finds_the_members_that_a_comment_names(text: str, found: list[str], company: Company) -> None:
    anna = member(company, "Anna Berg", email="anna@example.com")
    member(company, "Ben Cole", email="ben@example.com")
    say(company, record(company, "journal_entry", posted(company).pk), text, anna)
    assert list(Mention.objects.values_list("name", flat=True)) == found


def test_asks_which_of_two_members_of_one_name_is_meant(company: Company) -> None:
    anna = member(company, "Anna Berg")
    for email in ("kim1@example.com", "kim2@example.com"):
        member(company, "Kim Ro", email=email)
    about = record(company, "journal_entry", posted(company).pk)
    with pytest.raises(ValidationFailed, match=r"@kim1@example\.com, @kim2@example\.com"):
        say(company, about, "@Kim Ro?", anna)
    say(company, about, "@kim2@example.com?", anna)
    assert Mention.objects.get().user.email == "kim2@example.com"
    offered = at_work(anna).get(address("members_to_name", "journal_entry", about.id)).json()["members"]
    assert {one["way"] for one in offered} == {"kim1@example.com", "kim2@example.com"}


def test_names_nobody_who_has_left(company: Company) -> None:
    anna, ben = member(company), member(company, "Ben Cole")
    ben.ended_at = ben.created_at
    ben.save()
    say(company, record(company, "journal_entry", posted(company).pk), "@Ben Cole", anna)
    assert not Mention.objects.exists()


def test_shows_a_mention_on_the_start_page_until_it_is_read(company: Company) -> None:
    anna, ben, entry = member(company), member(company, "Ben Cole"), posted(company)
    about = record(company, "journal_entry", entry.pk)
    comment = say(company, about, "@Ben Cole, is this right?", anna)
    client = at_work(ben)
    assert "For you" not in words(at_work(anna).get(reverse("admin:index")))
    page = words(client.get(reverse("admin:index")))
    assert "1 new" in page
    assert "is this right?" in page
    assert "names you" in words(client.get(about.url))
    mention = Mention.objects.get()
    answer = client.post(reverse("admin:open_mention", args=[mention.pk]))
    assert answer.headers["Location"] == f"{about.url}#comment-{comment.pk}"
    assert "1 new" not in words(client.get(reverse("admin:index")))
    assert "names you" not in words(client.get(about.url))


def test_opens_nobody_elses_mention(company: Company) -> None:
    anna = member(company)
    member(company, "Ben Cole")
    say(company, record(company, "journal_entry", posted(company).pk), "@Ben Cole!", anna)
    mention = Mention.objects.get()
    at_work(anna).post(reverse("admin:open_mention", args=[mention.pk]))
    at_work(anna).post(reverse("admin:read_mentions"))
    mention.refresh_from_db()
    assert mention.read_at is None


def test_has_read_what_is_answered(company: Company) -> None:
    anna, ben = member(company), member(company, "Ben Cole")
    about = record(company, "journal_entry", posted(company).pk)
    say(company, about, "@Ben Cole?", anna)
    say(company, about, "Yes.", ben)
    assert Mention.objects.get().read_at is not None


def sent(act: Callable[[], object], capture: Any) -> list[Any]:
    with capture(execute=True):
        act()
    return [one for one in mail.outbox if "names you" in one.subject or "nennt Sie" in one.subject]


def test_mails_a_member_in_their_language(company: Company, django_capture_on_commit_callbacks: Any) -> None:
    anna, ben = member(company, email="anna@example.com"), member(company, "Ben Cole", email="ben@example.com")
    ben.user.language = "de"
    ben.user.save()
    about = record(company, "journal_entry", posted(company).pk)
    [letter] = sent(lambda: say(company, about, "@Ben Cole look", anna), django_capture_on_commit_callbacks)
    assert (letter.to, letter.subject) == (["ben@example.com"], f"anna@example.com nennt Sie bei Buchung {about.words}")
    assert "@Ben Cole look" in letter.body
    assert about.url in letter.body
    assert QueuedMail.objects.get(kind="mention").status == "sent"


def test_mails_nobody_who_wants_no_mails_and_not_the_author(
    company: Company, django_capture_on_commit_callbacks: Any
) -> None:
    anna, ben = member(company, "Anna Berg"), member(company, "Ben Cole")
    client = at_work(ben)
    assert client.post(reverse("admin:notifications"), {}).status_code == 302
    ben.user.refresh_from_db()
    assert not ben.user.mails_mentions
    about = record(company, "journal_entry", posted(company).pk)
    assert not sent(lambda: say(company, about, "@Ben Cole @Anna Berg", anna), django_capture_on_commit_callbacks)
    assert [one.user for one in Mention.objects.all()] == [ben.user]
    client.post(reverse("admin:notifications"), {"mails_mentions": "on"})
    assert sent(lambda: say(company, about, "@Ben Cole", anna), django_capture_on_commit_callbacks)


def test_mails_nothing_of_a_comment_that_was_taken_back(
    company: Company, django_capture_on_commit_callbacks: Any
) -> None:
    anna = member(company)
    member(company, "Ben Cole")

    def say_and_regret() -> None:
        comment = say(company, record(company, "journal_entry", posted(company).pk), "@Ben Cole!!", anna)
        delete_comment(company=company, comment_id=comment.pk, author=anna.user, actor=actor_of(anna))

    assert not sent(say_and_regret, django_capture_on_commit_callbacks)
    assert QueuedMail.objects.get(kind="mention").status == "needless"


# --- Files -----------------------------------------------------------------------------------------------------------

SCRIPTED = {"HTTP_X_BACKFILL_SCRIPT": "drop"}


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (lambda: pdf(content=b""), "empty"),
        (lambda: pdf(content=PDF + b" " * (10 * 1024 * 1024)), "10 MB"),
        (lambda: pdf("notes.txt", b"hello", "text/plain"), "Only PDF, JPEG and PNG"),
        (lambda: pdf("offer.pdf.exe"), "end in .pdf"),
        (lambda: pdf("offer"), "end in .pdf"),
        (lambda: pdf("a" * 210 + ".pdf"), "longer than 200"),
        (lambda: pdf(content=b"MZ\x90 not a PDF"), "not application/pdf"),
        (lambda: pdf(content=b"%PDF-1.7 cut off"), "damaged"),
    ],
    ids=["empty", "large", "type", "ending", "no ending", "long name", "content", "cut"],
)
def test_refuses_a_file_with_a_reason_to_people_and_to_the_script(
    upload: Callable[[], SimpleUploadedFile], said: str, company: Company, owner: Client
) -> None:
    url = address("add_file", "journal_entry", posted(company).pk)
    answer = owner.post(url, {"file": upload()}, **SCRIPTED)
    assert answer.status_code in {400, 422}
    assert said in answer.json()["message"]
    page = owner.post(url, {"file": upload()})
    assert page.status_code in {400, 422}
    assert said in words(page)
    assert not Attachment.objects.exists()


def test_says_what_is_wrong_with_a_file_in_the_persons_language(company: Company) -> None:
    person = member(company)
    person.user.language = "de"
    person.user.save()
    answer = at_work(person).post(
        address("add_file", "journal_entry", posted(company).pk), {"file": pdf("a.exe")}, **SCRIPTED
    )
    assert "muss deshalb auf .pdf enden" in answer.json()["message"]


def test_keeps_a_file_at_a_posted_entry_once_and_for_good(company: Company, owner: Client) -> None:
    entry = posted(company)
    url = address("add_file", "journal_entry", entry.pk)
    before = JournalEntry.objects.get(pk=entry.pk).hash
    for _ in range(2):
        assert owner.post(url, {"file": pdf("Müller & Söhne.pdf")}, **SCRIPTED).status_code == 200
    attachment = Attachment.objects.get(subject_id=entry.pk)
    assert JournalEntry.objects.get(pk=entry.pk).hash == before
    assert Activity.objects.filter(subject_id=entry.pk, verb="file_attached").count() == 1
    owner.post(reverse("admin:detach_file", args=[attachment.pk]))
    assert Attachment.objects.filter(pk=attachment.pk).exists()


def test_takes_a_file_off_a_draft_and_tells_so(company: Company, owner: Client) -> None:
    invoice = make_invoice(company, status="draft")
    owner.post(address("add_file", "invoice", invoice.pk), {"file": pdf()})
    owner.post(reverse("admin:detach_file", args=[Attachment.objects.get().pk]))
    assert not Attachment.objects.exists()
    assert StoredFile.objects.count() == 1
    detached = Activity.objects.get(subject_id=invoice.pk, verb="file_detached")
    assert detached.detail["file_name"] == "offer.pdf"


@pytest.mark.parametrize("role", [Role.APPROVER, Role.VIEWER, Role.AUDITOR])
def test_lets_only_those_who_keep_the_books_add_and_take_off(role: str, company: Company, owner: Client) -> None:
    invoice = make_invoice(company, status="draft")
    owner.post(address("add_file", "invoice", invoice.pk), {"file": pdf()})
    attachment = Attachment.objects.get()
    person = at_work(member(company, role=role, ends_on=company.today() if role == Role.AUDITOR else None))
    refused = person.post(address("add_file", "invoice", invoice.pk), {"file": pdf("b.pdf", PDF + b" ")}, **SCRIPTED)
    assert (refused.status_code, "role" in refused.json()["message"]) == (403, True)
    assert person.post(reverse("admin:detach_file", args=[attachment.pk])).status_code == 403
    shown = person.get(reverse("admin:record_file", args=["invoice", invoice.pk, attachment.document_id]))
    assert (shown.status_code, b"".join(shown.streaming_content)) == (200, PDF)


def test_serves_a_file_to_frames_of_its_own_pages_alone(company: Company, owner: Client) -> None:
    entry = posted(company)
    owner.post(address("add_file", "journal_entry", entry.pk), {"file": pdf()})
    url = reverse("admin:record_file", args=["journal_entry", entry.pk, Attachment.objects.get().document_id])
    answer = owner.get(url)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["Content-Disposition"] == 'inline; filename="offer.pdf"'
    assert owner.get(f"{url}?download").headers["Content-Disposition"].startswith("attachment")
    page = owner.get(reverse("admin:journal_entry", args=[entry.pk]))
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert url in page.content.decode()


def test_serves_no_file_by_way_of_another_record_or_company(company: Company, other: Company, owner: Client) -> None:
    entry = posted(company)
    owner.post(address("add_file", "journal_entry", entry.pk), {"file": pdf()})
    file_id = Attachment.objects.get().document_id
    elsewhere = make_invoice(company)
    assert owner.get(reverse("admin:record_file", args=["invoice", elsewhere.pk, file_id])).status_code == 404
    stranger = at_work(member(other))
    assert stranger.get(reverse("admin:record_file", args=["journal_entry", entry.pk, file_id])).status_code == 404
    own = posted(other)
    assert stranger.get(reverse("admin:record_file", args=["journal_entry", own.pk, file_id])).status_code == 404


def test_shows_the_files_of_a_document_at_its_entry_and_the_other_way(company: Company, owner: Client) -> None:
    invoice = make_invoice(company)
    owner.post(address("add_file", "invoice", invoice.pk), {"file": pdf("scan.pdf")})
    owner.post(address("add_file", "journal_entry", invoice.entry_id), {"file": pdf("slip.pdf", PDF + b"\n")})
    for name, key in (("invoice", invoice.pk), ("journal_entry", invoice.entry_id)):
        page = words(owner.get(reverse(f"admin:{name}", args=[key])))
        assert {"scan.pdf", "slip.pdf"} <= {word for word in ("scan.pdf", "slip.pdf") if word in page}, name


def test_shows_the_voucher_that_an_entry_was_posted_with(company: Company, owner: Client) -> None:
    owner.post(address("add_file", "journal_entry", posted(company).pk), {"file": pdf("voucher.pdf")})
    stored = StoredFile.objects.get()
    lines = (
        LineDraft(account=AccountCode("1000"), amount=Decimal(5)),
        LineDraft(account=AccountCode("4000"), amount=Decimal(-5)),
    )
    draft = EntryDraft(company_id=company.pk, entry_date=date(2026, 7, 2), lines=lines, document_id=stored.pk)
    entry = post_entry(draft, actor=system_actor())
    assert "voucher.pdf" in words(owner.get(reverse("admin:journal_entry", args=[entry.pk])))
    assert owner.get(reverse("admin:record_file", args=["journal_entry", entry.pk, stored.pk])).status_code == 200


# --- Timeline --------------------------------------------------------------------------------------------------------


def test_tells_of_payments_and_of_their_end_by_whom(company: Company, owner: Client) -> None:
    kim = member(company, email="kim@example.com")
    customer = make_customer(company)
    invoice = make_invoice(company, customer=customer)
    paid = {"customer_id": customer.pk, "amount": Decimal(100), "document_date": date(2026, 2, 1)}
    paid |= {"allocations": [{"invoice_id": invoice.pk, "amount": Decimal(60)}], "status": "completed"}
    payment = create_payment(paid, company=company, actor=actor_of(kim))
    unapply_payment(company_id=company.pk, document_id=payment.pk, actor=actor_of(kim), invoice_ids=[])
    page = words(owner.get(reverse("admin:invoice", args=[invoice.pk])))
    assert "<strong>Paid</strong> by kim@example.com" in page
    assert "<strong>Taken back</strong> by kim@example.com" in page
    assert "60.00 USD" in page
    assert f"Payment {payment}</a>" in page
    assert "<strong>Applied</strong> by kim@example.com" in words(
        owner.get(reverse("admin:payment", args=[payment.pk]))
    )


def test_tells_what_an_edit_changed(company: Company, owner: Client) -> None:
    invoice = make_invoice(company, status="draft", memo="Old words")
    update_invoice(invoice, {"memo": "New words", "document_date": date(2026, 2, 3)}, actor=system_actor())
    page = words(owner.get(reverse("admin:invoice", args=[invoice.pk])))
    assert "<del>Old words</del> → <ins>New words</ins>" in page
    assert "<ins>Feb 3, 2026</ins>" in page
    line = LineDraft(account=AccountCode("1000"), amount=Decimal(1))
    entry = create_draft(
        EntryDraft(company_id=company.pk, entry_date=date(2026, 7, 1), memo="a", lines=(line,)), actor=system_actor()
    )
    changed = EntryDraft(company_id=company.pk, entry_date=date(2026, 7, 1), memo="b", lines=(line, line))
    update_draft(company_id=company.pk, entry_id=entry.pk, draft=changed, actor=system_actor())
    detail = Activity.objects.get(subject_id=entry.pk, verb="edited").detail["changes"]
    assert (detail["memo"], "lines" in detail) == (["a", "b"], True)


def test_tells_who_voided_and_why_and_leads_to_the_reversal(company: Company, owner: Client) -> None:
    invoice = make_invoice(company)
    kim = member(company, email="kim@example.com")
    void_invoice(company_id=company.pk, document_id=invoice.pk, reason="Typed twice", actor=actor_of(kim))
    page = words(owner.get(reverse("admin:invoice", args=[invoice.pk])))
    assert "<strong>Voided</strong> by kim@example.com" in page
    assert "Typed twice" in page
    reversal = JournalEntry.objects.get(reverses_entry=invoice.entry_id)
    assert f"Journal entry {reversal.entry_number}" in page


def test_tells_of_an_entry_that_it_was_posted_and_reversed(company: Company, owner: Client) -> None:
    entry = posted(company)
    reversal = reverse_entry(company_id=company.pk, entry_id=entry.pk, reason="Wrong day", actor=system_actor())
    amend_entry(company_id=company.pk, entry_id=entry.pk, memo="Later words", metadata=None, actor=system_actor())
    page = words(owner.get(reverse("admin:journal_entry", args=[entry.pk])))
    assert page.count("<strong>Posted</strong>") == 1
    assert "<strong>Reversed</strong>" in page
    assert f"Journal entry {reversal.entry_number}</a>" in page


def test_is_beside_every_kind_of_record_and_costs_the_same_however_much_happened(
    company: Company, owner: Client
) -> None:
    ids = routes.records(company)
    customer = make_customer(company)
    invoice = make_invoice(company, customer=customer)
    pages = {
        "journal_entry": (ids["entry"], "journal_entry", ids["entry"]),
        "account": (ids["account"], "account", ids["account"]),
        "item": (ids["item"], "item", ids["item"]),
        "customer": (customer.pk, "customer", customer.pk),
        "invoice": (invoice.pk, "invoice", invoice.pk),
        "period": ("2026-01", "period", company.periods.get(name="2026-01").pk),
    }
    people = [member(company, f"Person {number}") for number in range(3)]

    def cost() -> dict[str, int]:
        found = {}
        for name, (key, *_) in pages.items():
            url = reverse(f"admin:{name}", args=[key])
            owner.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert 'id="trail"' in owner.get(url).content.decode(), name
            found[name] = len(queries)
        return found

    def fill(batch: int) -> None:
        for _, kind, key in pages.values():
            for number in range(batch):
                say(company, record(company, kind, UUID(str(key))), f"@Person {number % 3} look", people[-1])
                stored = StoredFile.objects.create(
                    company=company,
                    sha256=uuid4().hex,
                    mime_type="application/pdf",
                    original_name="a.pdf",
                    size=1,
                    storage_name="x",
                )
                facts = {"company_id": company.pk, "subject_type": kind, "subject_id": UUID(str(key))}
                attach_file(**facts, file_id=stored.pk, actor=system_actor())

    fill(2)
    few = cost()
    fill(8)
    assert cost() == few
