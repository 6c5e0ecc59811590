"""Write the migrations of all our apps anew: `python -m tests.infrastructure.rewrite_migrations`.

For the one time at which no installation has data to keep: what the models and the guards are today becomes the first
migrations of each app, `0001_tables` and `NNNN_guards` with its SQL beside it. Then

    make test ARGS="tests/infrastructure/test_migrations.py"

compares what they install with the code. The names differ from all earlier ones on purpose: a database of before is
known by them (`backfill.schema`). Afterwards this file is of no use; delete it.
"""

import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GUARDS = '''"""What PostgreSQL itself refuses on the tables of this app, whoever asks."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        {dependencies}
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop
        )
    ]
'''  # fmt: skip


def fold_constraints(package: str, folder: Path) -> None:
    """Create tables with their constraints and indexes: each that is added afterwards renders the models anew.

    Two hundred of them took a minute of every migration of an empty database. What stands on a column that is added
    afterwards itself stays where it is.
    """
    from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
    from django.db.migrations.writer import MigrationWriter

    for path in sorted(folder.glob("[0-9]*_tables.py")):
        migration = import_module(f"{package}.migrations.{path.stem}").Migration(path.stem, package.rpartition(".")[2])
        kept: list[Any] = []
        made: dict[str, CreateModel] = {}
        later: set[tuple[str, str]] = set()
        for operation in migration.operations:
            if isinstance(operation, CreateModel):
                made[operation.name_lower] = operation
            elif isinstance(operation, AddField):
                later.add((operation.model_name_lower, operation.name))
            elif isinstance(operation, AddIndex | AddConstraint) and operation.model_name_lower in made:
                key, added = (
                    ("indexes", operation.index) if isinstance(operation, AddIndex) else
                    ("constraints", operation.constraint)
                )  # fmt: skip
                if not any(name in repr(added) for model, name in later if model == operation.model_name_lower):
                    made[operation.model_name_lower].options.setdefault(key, []).append(added)
                    continue
            kept.append(operation)
        migration.operations = kept
        path.write_text(MigrationWriter(migration, include_header=False).as_string(), encoding="utf-8")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backfill.settings")
    os.environ.setdefault("SECRET_KEY", "not-needed-for-writing-migrations-but-asked-for-by-settings")
    os.environ.setdefault("BACKFILL_LOCAL", "1")
    import django

    django.setup()
    from django.apps import apps

    own = [config for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT)]
    own = [config for config in own if ".venv" not in config.path and Path(config.path, "migrations").is_dir()]
    for config in own:
        for path in Path(config.path, "migrations").glob("[0-9]*.*"):
            path.unlink()
    for config in own:  # one after the other, so that each has its tables in one migration
        make = [sys.executable, "manage.py", "makemigrations", "--verbosity", "0", "--name", "tables", config.label]
        subprocess.run(make, cwd=ROOT, check=True)
    for config in own:
        fold_constraints(config.name, Path(config.path, "migrations"))
    earlier: list[tuple[str, str]] = []
    for config in own:
        folder = Path(config.path, "migrations")
        last = max(path.stem for path in folder.glob("[0-9]*.py"))
        if find_spec(f"{config.name}.guards"):
            name = f"{int(last[:4]) + 1:04}_guards"
            guards = import_module(f"{config.name}.guards")
            script = "\n\n".join(sql() for sql in (getattr(guards, "keys_sql", str), guards.install_sql))
            (folder / f"{name}.sql").write_text(re.sub(r"[ \t]+\n", "\n", script.strip("\n") + "\n"), encoding="utf-8")
            needed = ",\n        ".join(
                f'("{app}", "{migration}")' for app, migration in [*earlier, (config.label, last)]
            )
            (folder / f"{name}.py").write_text(GUARDS.format(dependencies=f"{needed},"), encoding="utf-8")
            last = name
        earlier.append((config.label, last))
    print("Written:", ", ".join(f"{label}.{name}" for label, name in earlier))


if __name__ == "__main__":
    main()
