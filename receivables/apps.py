from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    name = "receivables"
    verbose_name = "Receivables"

    def ready(self) -> None:
        # Models exist only now.
        from backfill.tenancy.registry import on_company_changed  # noqa: PLC0415
        from ledger.checks.registry import subledger_proofs  # noqa: PLC0415
        from ledger.documents.types import register  # noqa: PLC0415
        from ledger.journal import registry  # noqa: PLC0415
        from ledger.open_items.sides import register_side  # noqa: PLC0415
        from receivables.pages.places import add_places  # noqa: PLC0415
        from receivables.reconciliation import prove_receivables  # noqa: PLC0415
        from receivables.services.journal_link import following  # noqa: PLC0415
        from receivables.side import RECEIVABLES  # noqa: PLC0415
        from receivables.taxation import advance_tax  # noqa: PLC0415
        from receivables.taxation.advance_reconciliation import prove_advance_tax  # noqa: PLC0415
        from receivables.types.all import TYPES  # noqa: PLC0415

        register_side(RECEIVABLES)
        register(*TYPES)
        following.register()
        if prove_receivables not in subledger_proofs:
            subledger_proofs.append(prove_receivables)
            subledger_proofs.append(prove_advance_tax)
        if advance_tax.company_changed not in on_company_changed:
            on_company_changed.append(advance_tax.company_changed)
            registry.reversal_refusals.append(advance_tax.refuse_reversal)
        add_places()
