from django.apps import AppConfig


class OpenItemsConfig(AppConfig):
    name = "ledger.open_items"
    label = "open_items"
    verbose_name = "Open items"

    def ready(self) -> None:
        # Models exist only now.
        from ledger.checks.registry import subledger_proofs  # noqa: PLC0415
        from ledger.journal import registry  # noqa: PLC0415
        from ledger.open_items.closing import close_reversed, lock_items  # noqa: PLC0415
        from ledger.open_items.opening import open_unclaimed  # noqa: PLC0415
        from ledger.open_items.reconciliation import prove_open_items  # noqa: PLC0415
        from ledger.open_items.selectors import settlement_links  # noqa: PLC0415

        if open_unclaimed not in registry.entry_posted:
            registry.entry_posted.append(open_unclaimed)
            registry.entry_owners.append(lock_items)
            registry.entry_reversed.append(close_reversed)
            registry.settlement_links.append(settlement_links)
            subledger_proofs.append(prove_open_items)
