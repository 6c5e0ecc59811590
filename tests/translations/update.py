"""Bring the catalogues up to date: `python -m tests.translations.update`, or `make messages`.

Reads every string from code and templates, keeps what is translated, drops what nobody says any more, and compiles. It
prints what has no German yet: write it into the `.po`, by the glossary, and run it again.
"""

from django.conf import settings

from tests.translations.catalogues import PLACES, compiled, is_translated, merged, stored, written


def main() -> None:
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for name, place in PLACES.items():
        catalogue, missing = merged(place)
        if not len(catalogue):
            continue
        place.po.parent.mkdir(parents=True, exist_ok=True)
        place.po.write_bytes(written(catalogue))
        place.mo.write_bytes(compiled(stored(place)))
        print(f"{name}: {len(catalogue)} strings, {missing} without a translation")
        for message in catalogue:
            if message.id and not is_translated(message):
                print(f"    {message.id!r}" + (f" ({message.context})" if message.context else ""))


if __name__ == "__main__":
    main()
