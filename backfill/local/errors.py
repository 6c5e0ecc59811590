"""What stops the embedded servers from starting."""


class EmbeddedError(Exception):
    """One line that says what is wrong, where, and what to do."""
