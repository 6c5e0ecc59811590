"""The pages above a page, as links before its title."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crumb:
    """A page above this one."""

    title: str
    link: str
