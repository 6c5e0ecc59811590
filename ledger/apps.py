from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        # Models exist only now.
        from backfill.tenancy.registry import on_company_created  # noqa: PLC0415
        from ledger import inventory, registry  # noqa: PLC0415
        from ledger.admin.places import add_places  # noqa: PLC0415
        from ledger.charts import load_chart  # noqa: PLC0415
        from ledger.inventory_proof import prove_inventory  # noqa: PLC0415

        if load_chart not in on_company_created:
            on_company_created.append(load_chart)
            registry.reversal_refusals.append(inventory.refuse_reversal)
            registry.subledger_proofs.append(prove_inventory)
        add_places()
