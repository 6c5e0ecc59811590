from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "ledger.inventory"
    label = "inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        # Models exist only now.
        from ledger.checks.registry import subledger_proofs  # noqa: PLC0415
        from ledger.inventory.pages.places import add_places  # noqa: PLC0415
        from ledger.inventory.reconciliation import prove_inventory  # noqa: PLC0415
        from ledger.inventory.stock import refuse_reversal  # noqa: PLC0415
        from ledger.journal.registry import reversal_refusals  # noqa: PLC0415

        if prove_inventory not in subledger_proofs:
            subledger_proofs.append(prove_inventory)
            reversal_refusals.append(refuse_reversal)
        add_places()
