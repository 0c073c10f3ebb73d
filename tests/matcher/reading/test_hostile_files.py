"""Files made to harm, or broken on the way: refused in words, soon, and in little memory."""

import csv
import os
import random
import time
import tracemalloc
import zipfile

import pytest

from matcher.reading import read_survey
from tests.matcher.reading.conftest import FLOW, SITE

SHEET = "xl/worksheets/sheet1.xml"
SOON_SECONDS = 30  # of processor time, which other work on the machine does not lengthen
LITTLE_BYTES = 60_000_000


@pytest.fixture
def crafted(workbook, tmp_path):
    """A workbook of ours with one part of it replaced or added."""

    def craft(part: str, content: bytes):
        with zipfile.ZipFile(workbook()) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        path = tmp_path / "crafted.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in (parts | {part: content}).items():
                archive.writestr(name, data)
        return path

    return craft


@pytest.fixture
def refused(read):
    """Read, and check that it was soon and small."""

    def read_soon(path):
        started = time.process_time()
        tracemalloc.start()
        try:
            found = read(path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert time.process_time() - started < SOON_SECONDS
        assert peak < LITTLE_BYTES
        return found

    return read_soon


def sheet_xml(rows: bytes) -> bytes:
    return (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        b'spreadsheetml/2006/main"><sheetData>' + rows + b"</sheetData></worksheet>"
    )


def text_cell(place: str, text: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


HEADER = b'<row r="1">' + text_cell("A1", "site_id") + text_cell("B1", "name") + b"</row>"
SITE_ROW = b'<row r="2">' + text_cell("A2", "S1") + text_cell("B2", "Scierie") + b"</row>"


def test_a_small_sheet_whose_last_cell_is_the_last_of_excel_is_read(crafted, refused):
    far = b'<row r="1048576">' + text_cell("XFD1048576", "x") + b"</row>"
    path = crafted(SHEET, sheet_xml(HEADER + SITE_ROW + far))
    found = refused(path)

    assert path.stat().st_size < 10_000
    assert set(found.survey.sites) == {"S1"}
    assert "cells-outside" in found.warnings


def test_a_cell_beyond_the_last_of_excel_is_damage(crafted, refused):
    far = b'<row r="1048577">' + text_cell("A1048577", "x") + b"</row>"

    assert refused(crafted(SHEET, sheet_xml(HEADER + far))).errors == ["file-damaged"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(crafted, refused):
    path = crafted(SHEET, sheet_xml(b" " * 30_000_000))

    assert path.stat().st_size < 100_000
    assert refused(path).errors == ["file-too-big"]


def test_a_bomb_in_a_part_that_is_never_read_is_refused_too(crafted, refused):
    assert refused(crafted("xl/media/image1.png", b"\0" * 40_000_000)).errors == ["file-too-big"]


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_document_types_and_entities_are_refused_in_every_part(crafted, refused, part, declaration):
    content = b'<?xml version="1.0"?>' + declaration + b"<x/>"

    assert refused(crafted(part, content)).errors == ["file-entities"]


def test_elements_nested_without_end_are_damage(crafted, refused):
    path = crafted(SHEET, sheet_xml(b"<a>" * 100_000))

    assert refused(path).errors == ["file-damaged"]


@pytest.mark.parametrize("cell", [b"<c><v>%d</v></c>", b"<c\n><v>%d</v></c>"])
def test_a_flood_of_cells_is_stopped_at_the_limit(crafted, read, cell):
    """The second way of writing escapes the first look, and is counted by the parser."""
    rng = random.Random(7)
    rows = b"".join(
        b"<row>" + b"".join(cell % rng.randrange(10**9) for _ in range(50)) + b"</row>"
        for _ in range(400)
    )
    found = read(crafted(SHEET, sheet_xml(HEADER + rows)), most_cells=10_000)

    assert found.errors == ["table-too-large"]
    assert found.problem("table-too-large").details == {"most": 10_000}


@pytest.mark.parametrize("encoding", ["nowhere", "utf-7", "gb2312", "rot13", "hex"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml"])
def test_an_encoding_that_the_parser_does_not_speak_is_damage(crafted, refused, part, encoding):
    content = f'<?xml version="1.0" encoding="{encoding}"?><x/>'.encode()

    assert refused(crafted(part, content)).errors == ["file-damaged"]


def test_a_row_of_five_thousand_digits_is_damage(crafted, refused):
    row = b'<row r="' + b"9" * 5_000 + b'">' + text_cell("A2", "x") + b"</row>"

    assert refused(crafted(SHEET, sheet_xml(HEADER + row))).errors == ["file-damaged"]


@pytest.mark.parametrize("value", [b"nan", b"inf", b"-inf", b"1e999"])
def test_a_number_that_is_none_is_refused(crafted, refused, value):
    header = HEADER.replace(b"</row>", text_cell("C1", "headcount") + b"</row>")
    row = SITE_ROW.replace(b"</row>", b'<c r="C2"><v>' + value + b"</v></c></row>")

    assert refused(crafted(SHEET, sheet_xml(header + row))).errors == ["not-a-number"]


def test_ten_thousand_sheets_in_one_part_are_not_read_ten_thousand_times(crafted, refused):
    """24 kB that took minutes: each sheet sent the reader to the same part."""
    names = b'<sheet name="sites" r:id="rId1"/>' * 10_000
    content = b'<workbook xmlns:r="r"><sheets>' + names + b"</sheets></workbook>"

    assert refused(crafted("xl/workbook.xml", content)).errors == ["file-damaged"]


def test_macros_are_refused_whatever_the_extension(crafted, refused):
    path = crafted("xl/vbaProject.bin", b"anything")

    assert refused(path).errors == ["file-macros"]
    assert refused(path.rename(path.with_suffix(".xlsm"))).errors == ["file-macros"]


def test_an_old_or_encrypted_workbook_is_told_apart(tmp_path, refused):
    ole = bytes.fromhex("d0cf11e0a1b11ae1")
    old, locked = tmp_path / "old.xls", tmp_path / "locked.xlsx"
    old.write_bytes(ole + b"\0" * 600 + "Workbook".encode("utf-16-le"))
    locked.write_bytes(ole + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))

    assert refused(old).errors == ["file-old-excel"]
    assert refused(locked).errors == ["file-encrypted"]


def test_a_truncated_workbook_is_damage_wherever_it_is_cut(workbook, tmp_path, read):
    whole = workbook().read_bytes()
    for length in range(4, len(whole), len(whole) // 40):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[:length])
        assert read(path).errors == ["file-damaged"], length


def test_a_workbook_with_changed_bytes_never_shows_a_stack_trace(workbook, tmp_path, read):
    whole = bytearray(workbook(flows=[list(FLOW), list(FLOW.values())]).read_bytes())
    rng = random.Random(11)
    for _ in range(150):
        changed = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        path = tmp_path / "changed.xlsx"
        path.write_bytes(changed)
        read(path)


def test_a_csv_of_random_bytes_never_shows_a_stack_trace(tmp_path, read):
    rng = random.Random(13)
    for _ in range(150):
        noise = bytes(rng.choices(b'abc;;,"\n\r\t\xe9\xff#=', k=200))
        (tmp_path / "sites.csv").write_bytes(b"site_id;name;latitude;longitude\n" + noise)
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("survey.xlsx", b"", "file-empty"),
        ("survey.xlsx", b"site_id;name\nS1;x\n", "file-not-a-workbook"),
        ("survey.pdf", b"%PDF", "file-wrong-kind"),
        ("sites.csv", b"site_id;name\n", "csv-alone"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_what_it_is(tmp_path, refused, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)

    assert refused(path).errors == [code]


def test_a_zip_that_is_no_workbook_and_a_file_that_is_not_there_are_said(tmp_path, refused):
    path = tmp_path / "survey.xlsx"
    assert refused(path).errors == ["file-not-found"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert refused(path).errors == ["file-not-a-workbook"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"site_id;name\nS1;a\0b\n", "csv-nul"),
        (b"PK\x03\x04" + b"x" * 50, "csv-is-a-workbook"),
        (b"site_id;name\nS1;\x81\x8d\x8f\n", "csv-encoding"),
        (b"site_id;name\nS1;" + b"x" * 1_200_000 + b"\n", "csv-line-too-long"),
    ],
)
def test_a_csv_that_is_no_text_is_refused(tmp_path, refused, content, code):
    (tmp_path / "sites.csv").write_bytes(content)

    assert refused(tmp_path).errors == [code]


def test_one_line_of_a_hundred_megabytes_is_refused_in_little_memory(tmp_path, refused):
    with (tmp_path / "sites.csv").open("wb") as stream:
        stream.write(b"site_id;name\nS1;")
        stream.seek(100_000_000, os.SEEK_CUR)
        stream.write(b"x")
        stream.seek(0)
    with (tmp_path / "flows.csv").open("wb") as stream:
        for _ in range(100):
            stream.write(b"x" * 1_000_000)

    assert sorted(refused(tmp_path).errors) == ["csv-line-too-long", "csv-nul"]


def test_ten_thousand_good_rows_pass_quickly(folder, catalogue, tmp_path):
    columns = {"amount": "12,5", "unit": "t", "months": "3-5,9", "today_outlet": "landfill"}
    path = folder(flows=[])
    header = [*FLOW, *columns]
    with (path / "flows.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(header)
        for n in range(10_000):
            writer.writerow([f"F{n}", *list(FLOW.values())[1:], *columns.values()])
    started = time.process_time()
    survey = read_survey(path, catalogue=catalogue)

    assert len(survey.flows) == 10_000
    assert time.process_time() - started < SOON_SECONDS


def test_duplicated_identifiers_are_found_over_all_tables(folder, read):
    job = {"job_id": "F1", "site_id": "S1", "title": "soudeur", "hours_per_month": "10"}
    found = read(folder(sites=[SITE], flows=[FLOW, FLOW], jobs=[job]))

    assert found.errors == ["identifier-twice", "identifier-twice"]
    assert set(found.survey.flows) == {"F1"}


def test_rows_that_nobody_recognises_are_told_soon(folder, read):
    """What is nearest is looked for in each: 25 ms a row once, and 5,000 rows may be uploaded."""
    flows = [FLOW | {"flow_id": f"F{n}", "resource": f"zz{n} machin"} for n in range(200)]
    path = folder(flows=flows)
    started = time.process_time()
    found = read(path)

    assert len(found.warnings) == 200
    assert time.process_time() - started < 3
