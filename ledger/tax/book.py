"""The tax codes of a company and the days they are for. Pure: `ledger.tax.rules` reads them.

A code is for supplies from `valid_from` to `valid_until`. Of the codes of one family that are for a day, the one that
began last counts: Germany's UST16 took the place of UST19 from July to December 2020, and both are one family.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ledger.errors import UnknownTaxCode
from ledger.tax.calculation import TaxRule


@dataclass(frozen=True, slots=True)
class TaxBook:
    """`rules` are the active codes by upper-case code."""

    rules: Mapping[str, TaxRule]

    def named(self, code: str) -> TaxRule | None:
        return self.rules.get(code.upper()) if code else None

    def is_valid(self, rule: TaxRule, day: date) -> bool:
        """Whether a supply on `day` is taxed by this code."""
        if not rule.covers(day):
            return False
        later = (one for one in self._family(rule.family) if one.covers(day) and one.begins > rule.begins)
        return next(later, None) is None

    def on(self, code: str, day: date) -> TaxRule | None:
        """Return the code for a supply on `day`: the named one, else the one of its family. None: there is none."""
        rule = self.named(code)
        if rule is None or self.is_valid(rule, day):
            return rule
        return self.of_families([rule.family], day) if rule.family else None

    def of_families(self, families: Iterable[str], day: date) -> TaxRule | None:
        """Return the code of the first of `families` that has one for a supply on `day`."""
        for family in families:
            for rule in self._family(family):
                if self.is_valid(rule, day):
                    return rule
        return None

    def with_rate(self, rule: TaxRule, rate: Decimal, day: date) -> TaxRule | None:
        """Return the code of the same family that had `rate` percent last before or on `day`."""
        alike = [one for one in self._family(rule.family) if one.rate == rate and one.begins <= day]
        return max(alike, key=lambda one: one.begins, default=None)

    def check(self, code: str, days: Sequence[date], *, field: str) -> TaxRule:
        """Return the code that somebody states for a supply on one of `days`.

        Raises UnknownTaxCode naming `field`, and the code that is for the first of the days.
        """
        rule = self.named(code)
        if rule is None:
            raise UnknownTaxCode(_("tax code {code} does not exist or is inactive").format(code=code), field=field)
        if any(self.is_valid(rule, day) for day in days):
            return rule
        fitting = self.on(code, days[0])
        if fitting is None:
            message = _(
                "tax code {code} is not for a supply on {day}: no other code takes its place, or state another "
                "service_date"
            ).format(code=rule.code, day=days[0])
        else:
            message = _(
                "tax code {code} is not for a supply on {day}: use {other} ({rate:f} %), or state another service_date"
            ).format(code=rule.code, day=days[0], other=fitting.code, rate=fitting.rate.normalize())
        raise UnknownTaxCode(message, field=field)

    def _family(self, family: str) -> Collection[TaxRule]:
        return [rule for rule in self.rules.values() if rule.family == family] if family else ()
