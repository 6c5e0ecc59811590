from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        # Models exist only now.
        from backfill.tenancy.registry import on_company_created  # noqa: PLC0415
        from ledger.accounts.charts import load_chart  # noqa: PLC0415
        from ledger.pages.places import add_places  # noqa: PLC0415

        if load_chart not in on_company_created:
            on_company_created.append(load_chart)
        add_places()
