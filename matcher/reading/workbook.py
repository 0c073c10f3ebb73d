"""Opens a workbook that may be hostile: nothing is trusted, nothing is run, nothing grows.

openpyxl is not asked: it builds what the file announces (a sheet whose last cell is XFD1048576),
and shows either formulas or values, never both. This reader walks the XML once, keeps only cells
that exist, and refuses document types, macros and what swells when it is unpacked.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from matcher.reading.problems import UnreadableError
from matcher.reading.sheets import CellBudget, Sheet
from matcher.reading.worksheet import (
    SharedStrings,
    SheetParser,
    StyledNumbers,
    count_cells,
    parse_stream,
)

MOST_FILE_BYTES = 50_000_000
MOST_ENTRIES = 1_000
# Two million cells take some 40 bytes each in the XML; twice that is no survey any more.
MOST_INFLATED_BYTES = 160_000_000
# Sheets shrink 10 to 60 times; deflate reaches 1032 on zeros. Small files are not worth a refusal.
MOST_RATIO = 150
RATIO_MATTERS_FROM_BYTES = 8_000_000
MOST_PART_BYTES = 8_000_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def open_workbook(path: Path, is_wanted: Any, budget: CellBudget) -> Iterator[Sheet]:
    """The sheets of a workbook for which ``is_wanted(name)``; the others come without rows.

    Raises
    ------
    UnreadableError
        When the file cannot be opened, or should not be.
    """
    file = path.name
    _check_outside(path)
    with _damage_said(file), zipfile.ZipFile(path) as archive:
        _check_inside(archive, file)
        yield from _sheets(archive, file, is_wanted, budget)


def _check_outside(path: Path) -> None:
    size = path.stat().st_size
    if size == 0:
        raise UnreadableError("file-empty", path.name)
    if size > MOST_FILE_BYTES:
        raise _too_big(path.name, MOST_FILE_BYTES)
    with path.open("rb") as stream:
        start = stream.read(1_000_000)
    if start.startswith(_OLE):
        is_encrypted = _ENCRYPTED_PACKAGE in start
        code = "file-encrypted" if is_encrypted else "file-old-excel"
        raise UnreadableError(code, path.name)
    if path.suffix.lower() == ".xlsm":
        raise UnreadableError("file-macros", path.name)
    if not start.startswith(b"PK"):
        raise UnreadableError("file-not-a-workbook", path.name)


def _check_inside(archive: zipfile.ZipFile, file: str) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise UnreadableError("file-too-many-parts", file, most=MOST_ENTRIES)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnreadableError("file-encrypted", file)
    inflated = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    swells = inflated > RATIO_MATTERS_FROM_BYTES and inflated > MOST_RATIO * max(packed, 1)
    if inflated > MOST_INFLATED_BYTES or swells:
        raise _too_big(file, MOST_INFLATED_BYTES)
    names = [entry.filename.lower() for entry in entries]
    if any("vbaproject" in name for name in names):
        raise UnreadableError("file-macros", file)
    if "xl/workbook.xml" not in names:
        raise UnreadableError("file-not-a-workbook", file)


def _too_big(file: str, most_bytes: int) -> UnreadableError:
    return UnreadableError("file-too-big", file, megabytes=most_bytes // 1_000_000)


@contextmanager
def _damage_said(file: str) -> Iterator[None]:
    """Whatever a broken or malicious archive makes our libraries raise, as one sentence."""
    try:
        yield
    except DefusedXmlException:
        raise UnreadableError("file-entities", file) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        ParseError,
        EOFError,
        LookupError,  # a part that is missing, an encoding that nobody knows
        NotImplementedError,
        ValueError,  # an encoding that the parser does not speak, a row of five thousand digits
    ):
        raise UnreadableError("file-damaged", file) from None


def _sheets(
    archive: zipfile.ZipFile, file: str, is_wanted: Any, budget: CellBudget
) -> Iterator[Sheet]:
    workbook = _part(archive, "xl/workbook.xml", file)
    targets = _targets(archive, file)
    listed = [
        (_attribute(node, "name"), targets.get(_attribute(node, "id")), node.get("state"))
        for node in workbook.iter()
        if _tag(node) == "sheet"
    ]
    parts = [target for _, target, _ in listed if target is not None]
    if len(parts) != len(
        set(parts)
    ):  # two sheets in one part: it would be read twice, or 1e5 times
        raise UnreadableError("file-damaged", file)
    from_1904 = any(
        _tag(node) == "workbookPr" and node.get("date1904") in ("1", "true")
        for node in workbook.iter()
    )
    numbers = StyledNumbers(_optional(archive, "xl/styles.xml", file), from_1904=from_1904)
    strings: SharedStrings | None = None
    for name, target, state in listed:
        sheet = Sheet(
            file=f"{file} [{name}]", name=name, is_hidden=state in ("hidden", "veryHidden")
        )
        if target is not None and is_wanted(name):
            if strings is None:
                strings = SharedStrings(budget, file)
                if "xl/sharedStrings.xml" in archive.namelist():
                    with archive.open("xl/sharedStrings.xml") as stream:
                        parse_stream(stream, strings, file)
            with archive.open(target) as stream:
                if count_cells(stream) > budget.left:
                    raise UnreadableError("table-too-large", sheet.file, most=budget.most)
            parser = SheetParser(sheet, strings, numbers, budget)
            with archive.open(target) as stream:
                parse_stream(stream, parser, file)
        yield sheet


def _targets(archive: zipfile.ZipFile, file: str) -> dict[str, str]:
    """Relation id -> name of the part in the archive."""
    relations = _part(archive, "xl/_rels/workbook.xml.rels", file)
    found = {}
    for node in relations.iter():
        target = node.get("Target")
        if target is None or node.get("TargetMode") == "External":
            continue
        inside = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        found[_attribute(node, "Id")] = posixpath.normpath(inside)
    return found


def _part(archive: zipfile.ZipFile, name: str, file: str) -> Element:
    if archive.getinfo(name).file_size > MOST_PART_BYTES:
        raise _too_big(file, MOST_PART_BYTES)
    root: Element = fromstring(archive.read(name), forbid_dtd=True)
    return root


def _optional(archive: zipfile.ZipFile, name: str, file: str) -> Element | None:
    return _part(archive, name, file) if name in archive.namelist() else None


def _tag(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _attribute(node: Element, name: str) -> str:
    """An attribute whatever its namespace; KeyError, hence damage, when it is missing."""
    for key, value in node.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    raise KeyError(name)
