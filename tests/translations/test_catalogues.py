"""German is complete: every string has a translation, says the same things, and is compiled."""

import re
from collections import defaultdict

import pytest
from babel.messages.catalog import Message

from tests.translations.catalogues import PLACES, Place, compiled, found_in, is_translated, key_of, stored

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*(?:![rs])?(?::[^}]*)?\}")
_TAG = re.compile(r"</?\w+")


def strings(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]


def messages(place: Place) -> list[Message]:
    return [message for message in stored(place) if message.id]


@pytest.fixture(params=PLACES, ids=list(PLACES))
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


def test_has_every_string_of_the_code_and_no_other(place: Place) -> None:
    found = {key_of(message) for message in found_in(place) if message.id}
    assert {key_of(message) for message in messages(place)} == found, "run `make messages`"


def test_has_german_for_every_string(place: Place) -> None:
    assert not [message.id for message in messages(place) if not is_translated(message)]
    assert not [message.id for message in messages(place) if message.fuzzy]


def test_says_plurals_in_both_languages(place: Place) -> None:
    assert not [one.id for one in messages(place) if one.pluralizable and len(one.string) != 2]


def test_fills_in_the_same_things_in_both_languages(place: Place) -> None:
    """A plural's singular may leave out the number, in either language."""
    wrong = []
    for message in messages(place):
        english, german = strings(message.id), strings(message.string)
        for pair in zip(english, german, strict=True):
            said = [sorted(_PLACEHOLDER.findall(text)) for text in pair]
            of_plural = {name for text in english for name in _PLACEHOLDER.findall(text)}
            if said[0] != said[1] and not (message.pluralizable and {*said[0], *said[1]} <= of_plural):
                wrong.append(pair)
            if sorted(_TAG.findall(pair[0])) != sorted(_TAG.findall(pair[1])):
                wrong.append(pair)
    assert not wrong


def test_ends_sentences_alike(place: Place) -> None:
    """A label that became a sentence, or the other way round, was translated for another place."""
    assert not [
        (english, german)
        for message in messages(place)
        for english, german in zip(strings(message.id), strings(message.string), strict=True)
        if (english[-1:] in ".?…:") != (german.removesuffix("Nr.")[-1:] in ".?…:")
    ]


def test_writes_german_with_german_marks(place: Place) -> None:
    assert not [
        text
        for message in messages(place)
        for text in strings(message.string)
        if re.search(r"[«»]|\w'\w|\d (?:€|%(?!\())|§ ", text)
    ]


def test_is_compiled(place: Place) -> None:
    if place.po.is_file():
        assert place.mo.read_bytes() == compiled(stored(place)), "run `make messages`"


def test_says_the_same_string_the_same_way_everywhere() -> None:
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place in PLACES.values():
        for message in messages(place):
            said[key_of(message)].add(strings(message.string)[0])
    assert not {key: ways for key, ways in said.items() if len(ways) > 1}
