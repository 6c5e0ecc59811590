from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    name = "receivables"
    verbose_name = "Receivables"

    def ready(self) -> None:
        # Models exist only now.
        from ledger import registry  # noqa: PLC0415
        from receivables.proofs import prove_receivables  # noqa: PLC0415
        from receivables.services import reversals, settlements  # noqa: PLC0415

        if reversals.follow_reversal not in registry.entry_reversed:
            registry.entry_reversed.append(reversals.follow_reversal)
            registry.entry_owners.append(reversals.lock_owners)
            registry.entry_settled.append(settlements.settled_in_journal)
            registry.settlement_undone.append(settlements.unsettled_in_journal)
            registry.settlement_links.append(settlements.settlement_links)
            registry.subledger_proofs.append(prove_receivables)
