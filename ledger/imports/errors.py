"""Why a file as a whole cannot be imported. What is wrong with single lines is reported as `LineProblem`s."""

from backfill.errors import ValidationFailed


class UnreadableFile(ValidationFailed):
    """The bytes are not text that could hold a table: empty, binary, NUL bytes, two encodings in one file."""

    code = "UNREADABLE_FILE"


class UnrecognisedFile(ValidationFailed):
    """Text, but not the layout that was asked for, or a layout that can be read in two ways."""

    code = "UNRECOGNISED_FILE"


class WrongClient(ValidationFailed):
    """A DATEV batch of another consultant or client than the company's."""

    code = "WRONG_DATEV_CLIENT"
