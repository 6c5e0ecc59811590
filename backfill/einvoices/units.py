"""Units of measure as UN/ECE Recommendation 20 codes, from the words that people write."""

from typing import Final

ONE: Final = "C62"  # «one»: what counts pieces of nothing in particular

_WORDS: Final[dict[str, str]] = {
    "HUR": "h hr hrs hour hours std std. stunde stunden",
    "MIN": "min min. minute minutes minuten",
    "DAY": "d day days tag tage pt personentag personentage",
    "WEE": "week weeks woche wochen",
    "MON": "month months monat monate",
    "ANN": "year years jahr jahre",
    "KGM": "kg kilo kilogram kilograms kilogramm",
    "GRM": "g gram grams gramm",
    "TNE": "t tonne tonnes tonnen",
    "LBR": "lb lbs pound pounds",
    "LTR": "l liter liters litre litres",
    "MTR": "m meter meters metre metres",
    "CMT": "cm",
    "MMT": "mm",
    "KMT": "km kilometer kilometers kilometre kilometres",
    "MTK": "m2 m² qm sqm",
    "MTQ": "m3 m³ cbm",
    "KWH": "kwh",
    "H87": "pc pcs pc. pcs. piece pieces stk stk. stck stck. stück",
    "SET": "set sets satz",
    "PR": "pair pairs paar",
    "XBX": "box boxes karton kartons",
    "XPK": "pack packs package packages packung packungen",
    "LS": "pauschal psch psch. pauschale lump flat",
    "P1": "% percent prozent",
}
_CODES: Final = {word: code for code, words in _WORDS.items() for word in words.split()}


def unit_code(unit: str) -> str:
    """Return the code of a unit; one that is not known counts pieces."""
    return unit if unit in _WORDS else _CODES.get(unit.strip().casefold(), ONE)
