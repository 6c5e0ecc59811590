"""The languages that pages and mails to people are written in. The APIs answer in English, whoever asks.

A page is in the person's own language, else in that of the company they work in, else in what the browser asks for.
What is printed for customers has a language of its own (`backfill.letters.languages`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

ENGLISH: Final = "en"
LANGUAGES: Final = (("en", "English"), ("de", "Deutsch"))
_GERMAN_SPEAKING: Final = frozenset({"AT", "DE", "LI"})
_API: Final = ("/v1", "/v1/")


def language_of_country(country: str) -> str:
    """Return the language in which a new company of a country begins."""
    return "de" if country in _GERMAN_SPEAKING else ENGLISH


def speak(*languages: str) -> None:
    """Write the rest of the page in the first language that is stated; where none is, it stays as it was."""
    language = next((one for one in languages if one in dict(LANGUAGES)), "")
    if language:
        translation.activate(language)


@contextmanager
def written_in(*languages: str) -> Iterator[None]:
    """Write what is done inside in the first language that is stated, else in English."""
    language = next((one for one in languages if one in dict(LANGUAGES)), ENGLISH)
    with translation.override(language):
        yield


class LanguageMiddleware:
    """Begins every page in the language the browser asks for, and forgets it afterwards. Under /v1 all is English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == _API[0] or request.path_info.startswith(_API[1]):
            with translation.override(ENGLISH):
                return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or ENGLISH)
        patch_vary_headers(response, ("Accept-Language",))
        return response
