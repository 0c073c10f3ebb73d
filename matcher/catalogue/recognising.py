"""Which resource a text names exactly: keys, waste codes, labels and trade words.

What is only near is the search of words' affair (``matcher.suggesting.words``).
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.catalogue.naming import MatchedBy, ResourceMatch, fold, waste_code_in
from matcher.catalogue.rows import Alias, BaseHazard, Resource, WasteCode
from matcher.wording import LANGUAGES, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name of a resource, folded, with what it is; ``is_sure``: it names nothing else."""

    folded: str
    written: str
    resource: str
    matched_by: MatchedBy
    language: Language | None
    is_sure: bool = True
    waste_codes: tuple[str, ...] = ()


class Recogniser:
    """All names of the resources, folded once.

    Attributes
    ----------
    names
        Keys, labels and trade words, as they are compared.
    """

    def __init__(
        self,
        resources: Mapping[str, Resource],
        waste_codes: Mapping[str, WasteCode],
        aliases: Mapping[Language, tuple[Alias, ...]],
    ) -> None:
        self._resources = resources
        self._waste_codes = waste_codes
        self._aliases = aliases
        self.names = tuple(self._all_names())
        self._by_folded: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            if name.is_sure:
                self._by_folded[name.folded].append(name)

    def resource_for(
        self, text: str, *, language: Language | None = None, description: str = ""
    ) -> ResourceMatch | None:
        """What a text names exactly: the contract is that of ``Catalogue.resource_for``."""
        code = waste_code_in(text)
        if code is not None:
            return self._resource_for_code(code, description)
        if text.strip() in self._resources:
            key = text.strip()
            return ResourceMatch(resource=key, matched_by=MatchedBy.KEY, matched=key)
        found = self._by_folded.get(fold(text), ())
        for name in sorted(found, key=lambda name: name.language not in (language, None)):
            return ResourceMatch(
                resource=name.resource, matched_by=name.matched_by, matched=name.written
            )
        return None

    def _resource_for_code(self, code: str, description: str) -> ResourceMatch | None:
        entry = self._waste_codes.get(code)
        if entry is None:
            return None
        if entry.resource is None:
            return self._resource_described(entry, description)
        covered = (entry.resource, *entry.also)
        longest = max(
            (name for name in self._named_in(description) if name.resource in covered),
            key=lambda name: len(name.folded),
            default=None,
        )
        chosen = longest.resource if longest else entry.resource
        return ResourceMatch(
            resource=chosen,
            matched_by=MatchedBy.WASTE_CODE,
            matched=code,
            waste_code=code,
            also=() if longest else entry.also,
        )

    def _resource_described(self, entry: WasteCode, description: str) -> ResourceMatch | None:
        """What a description names under a code that says too little, when that is one thing.

        A name inside a longer one does not count. A hazardous code never becomes a resource that
        is not so by itself: mercury in rubble is no rubble.
        """
        found = self._named_in(description)
        whole = [
            name
            for name in found
            if not any(
                f" {name.folded} " in f" {other.folded} " and name.folded != other.folded
                for other in found
            )
        ]
        named = {name.resource: name for name in whole}
        if len(named) != 1:
            return None
        ((resource, name),) = named.items()
        if entry.hazardous and self._resources[resource].base_hazard is not BaseHazard.YES:
            return None
        return ResourceMatch(
            resource=resource,
            matched_by=name.matched_by,
            matched=name.written,
            waste_code=entry.key,
        )

    def _named_in(self, text: str) -> list[Name]:
        words = f" {fold(text)} "
        return [name for name in self.names if name.is_sure and f" {name.folded} " in words]

    def _all_names(self) -> Iterator[Name]:
        for key, resource in self._resources.items():
            yield _name(key.replace("_", " "), key, MatchedBy.KEY, None)
            for language in LANGUAGES:
                yield _name(resource.label(language), key, MatchedBy.LABEL, language)
        for language, aliases in self._aliases.items():
            for alias in aliases:
                is_sure = len(alias.resources) == 1
                for meant in alias.resources:
                    name = _name(alias.alias, meant, MatchedBy.ALIAS, language)
                    yield dataclasses.replace(name, is_sure=is_sure, waste_codes=alias.waste_codes)


def _name(written: str, resource: str, matched_by: MatchedBy, language: Language | None) -> Name:
    return Name(
        folded=fold(written),
        written=written,
        resource=resource,
        matched_by=matched_by,
        language=language,
    )
