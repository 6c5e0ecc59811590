"""From the words of the books to those of a page."""


def sentence(message: str) -> str:
    """Return a refusal as a sentence; those of the books begin small, because programs read them behind a code."""
    message = message[:1].upper() + message[1:]
    return message if message.endswith((".", "!", "?", ")")) else f"{message}."
