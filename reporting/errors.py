"""Why a report is refused. Every one is the caller's choice of dates or formats, or a setting that is missing."""

from backfill.errors import ValidationFailed


class InvalidRange(ValidationFailed):
    """The dates asked for do not make a range a report can be drawn up for."""


class InvalidComparison(ValidationFailed):
    """The comparison asked for is incomplete or asked for twice."""


class FiscalYearSpan(ValidationFailed):
    """A DATEV batch lies within one fiscal year (DATEV format description, header field 13)."""

    code = "FISCAL_YEAR_SPAN"


class DatevNumbersMissing(ValidationFailed):
    """The header of a DATEV batch names the tax consultant and the client; without both no batch is written."""

    code = "DATEV_NUMBERS_MISSING"


class NotExportableToDatev(ValidationFailed):
    """An account number or an amount that a DATEV batch has no place for."""

    code = "DATEV_NOT_EXPORTABLE"
