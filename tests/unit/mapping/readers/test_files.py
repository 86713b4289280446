"""Files: names, folders, patterns, standard input, compression and archives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from kg.errors import MappingError, SourceError
from kg.mapping.readers import Access, open_source
from kg.mapping.rules import Database, Formulation, LogicalSource
from tests.unit.mapping.readers.opened import PLACE, file_source, opened, session

CSV = Formulation.CSV
DATA = b"id,a\n1,x\n"


def values(path: Path | str, compression: str = "") -> list[str]:
    found: list[str] = opened(file_source(CSV, path, compression=compression), ["a"]).values
    return found


@pytest.mark.parametrize(
    "name",
    [
        "a'b.csv",
        'a"b.csv',
        "data[1].csv",
        "a*.csv",
        "a?.csv",
        "{a}.csv",
        "a b.csv",
        "\u8449.csv",
        "$1.csv",
        "'); DROP TABLE x; --.csv",
        "x\ny.csv",
    ],
)
def test_a_file_name_is_a_name_before_it_is_a_pattern(tmp_path: Path, name: str) -> None:
    for other in ("ab.csv", "data1.csv", "axy.csv"):
        (tmp_path / other).write_bytes(b"id,a\n1,other\n")
    (tmp_path / name).write_bytes(DATA)
    assert values(tmp_path / name) == ["x"]


@pytest.mark.parametrize(("formulation", "name", "text"), [(Formulation.JSON, "a*[1].json", '[{"a": 1}]'), (Formulation.XML, "a*[1].xml", "<a>1</a>")])  # fmt: skip
def test_that_holds_for_all_formats(tmp_path: Path, formulation: Formulation, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    iterator, reference = ("$[*]", "a") if formulation is Formulation.JSON else ("/a", ".")
    assert opened(file_source(formulation, tmp_path / name, iterator), [reference]).values == ["1"]


def test_a_pattern_stands_for_files_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "odd [name]*"
    (folder / "deep" / "er").mkdir(parents=True)
    for name in ("b1.csv", "a2.csv", "a1.csv", "deep/a0.csv", "deep/er/a9.csv", "a3.txt"):
        (folder / name).write_text(f"a\n{name}\n")
    assert values(folder / "a?.csv") == ["a1.csv", "a2.csv"]
    assert values(folder / "[ab]1.csv") == ["a1.csv", "b1.csv"]
    assert values(folder / "**" / "a*.csv") == ["a1.csv", "a2.csv", "deep/a0.csv", "deep/er/a9.csv"]


def test_a_folder_stands_for_its_data_files(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b.csv", "a.csv", "deep/c.CSV", ".d.csv", "_e.csv", ".hidden/f.csv", "readme.md", "g.json"):
        (tmp_path / name).write_text(f"a\n{name}\n")
    (tmp_path / "h.csv.gz").write_bytes(gzip.compress(b"a\nh.csv.gz\n"))
    assert values(tmp_path) == ["a.csv", "b.csv", "deep/c.CSV", "h.csv.gz"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("modles.csv", r"there is no such file; did you mean models\.csv\?"),
        ("zzz", r"there is no such file; .* holds empty, models\.csv"),
        ("nodir/models.csv", r"there is no such file; .* holds empty, models\.csv"),
        ("*.json", r"no file fits the pattern; .* holds empty, models\.csv"),
        ("empty", r"the folder holds no \.csv or .* file"),
    ],
)
def test_a_file_that_is_not_there_is_told_with_what_is(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "models.csv").write_bytes(DATA)
    with pytest.raises(SourceError, match=rf"^mapping\.ttl, line 7: .*{message}.*\[KG220\]"):
        values(tmp_path / name)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "data.csv").write_bytes(DATA)
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(SourceError, match=r"mapping\.ttl, line 7: .*Permission denied.*\[KG221\]"):
        values(tmp_path / "data.csv")


def test_standard_input_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(DATA)

    monkeypatch.setattr(sys, "stdin", Input())
    access = Access(folder=tmp_path / "staged")
    for reference in ("a", "id"):
        assert len(opened(file_source(CSV, "-"), [reference], access=access).rows) == 1


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{mode}") as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("link.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return packed.getvalue()


MEMBERS = {"data.csv": DATA}
PACKED = {
    ("gzip", ".gz"): gzip.compress(DATA[:4]) + gzip.compress(DATA[4:]),
    ("zstd", ".zst"): zstandard.compress(DATA[:4]) + zstandard.compress(DATA[4:]),
    ("bzip2", ".bz2"): bz2.compress(DATA),
    ("xz", ".xz"): lzma.compress(DATA),
    ("zip", ".zip"): zipped(MEMBERS),
    ("tar", ".tar"): tarred(MEMBERS, ""),
    ("targz", ".tar.gz"): tarred(MEMBERS, "gz"),
    ("targz", ".tgz"): tarred(MEMBERS, "gz"),
    ("tarxz", ".tar.xz"): tarred(MEMBERS, "xz"),
    ("tarxz", ".txz"): tarred(MEMBERS, "xz"),
    ("tarbz2", ".tar.bz2"): tarred(MEMBERS, "bz2"),
}


@pytest.mark.parametrize(("compression", "suffix"), PACKED)
def test_a_compression_is_told_by_the_mapping_or_the_suffix(tmp_path: Path, compression: str, suffix: str) -> None:
    (tmp_path / f"data.csv{suffix}").write_bytes(PACKED[compression, suffix])
    (tmp_path / "data").write_bytes(PACKED[compression, suffix])
    assert values(tmp_path / f"data.csv{suffix}") == ["x"]
    assert values(tmp_path / "data", compression) == ["x"]


@pytest.mark.parametrize(("compression", "suffix"), PACKED)
def test_a_file_that_is_cut_off_is_told(tmp_path: Path, compression: str, suffix: str) -> None:
    packed = PACKED[compression, suffix]
    (tmp_path / f"data.csv{suffix}").write_bytes(packed[: len(packed) - 10 if compression != "tar" else 515])
    with pytest.raises(
        SourceError, match=rf"data\.csv{suffix}: the file cannot be unpacked as {compression}: .*\[KG221\]"
    ):
        values(tmp_path / f"data.csv{suffix}")


def test_the_suffix_within_counts(tmp_path: Path) -> None:
    (tmp_path / "data.tsv.gz").write_bytes(gzip.compress(b"id\ta\n1\tx\n"))
    assert values(tmp_path / "data.tsv.gz") == ["x"]
    (tmp_path / "data.zip").write_bytes(zipped({"1.tsv": b"id\ta\n1\tx\n", "2.csv": b"a\ny\n"}))
    assert values(tmp_path / "data.zip") == ["x", "y"]


def test_a_member_of_an_archive_is_no_path(tmp_path: Path) -> None:
    evil = {
        "../../evil.csv": b"a\n1\n",
        "/tmp/kg-evil.csv": b"a\n2\n",  # noqa: S108 - is not written
        "x\\..\\evil.csv": b"a\n3\n",
        "folder/": b"",
        "__MACOSX/._a.csv": b"junk",
        ".DS_Store": b"junk",
        "same.csv": b"a\n4\n",
    }
    (tmp_path / "evil.zip").write_bytes(zipped(evil))
    (tmp_path / "evil.tar.gz").write_bytes(tarred({name: data for name, data in evil.items() if data}, "gz"))
    access = Access(folder=tmp_path / "inner" / "staged")
    for name in ("evil.zip", "evil.tar.gz"):
        assert opened(file_source(CSV, tmp_path / name), ["a"], access=access).values == ["1", "2", "3", "4"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar.gz", "evil.zip", "inner"]
    assert not Path("/tmp/kg-evil.csv").exists()  # noqa: S108 - was not written


def test_what_is_unpacked_is_kept_for_other_sources(tmp_path: Path) -> None:
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(DATA))
    access = Access(folder=tmp_path / "staged")
    source = file_source(CSV, tmp_path / "data.csv.gz")
    assert opened(source, ["a"], access=access).values == opened(source, ["a"], access=access).values
    assert [path.suffix for path in access.folder.iterdir()] == [".csv"]
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(b"a\nanother text\n"))
    assert opened(source, ["a"], access=access).values == ["another text"]


def test_an_access_without_a_folder_has_one_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(DATA))
    access = Access()
    assert not access.folder.exists()
    assert opened(file_source(CSV, tmp_path / "data.csv.gz"), ["a"], access=access).values == ["x"]
    assert access.folder.is_dir()


def test_a_formulation_of_files_is_not_in_a_database() -> None:
    source = LogicalSource(CSV, Database(), "t", place=PLACE)
    with session() as con, pytest.raises(MappingError, match=r"CSV is read from a file.*\[KG224\]"):
        open_source(con, source, ["a"], "r", numbered=False, access=Access())
    source = file_source(Formulation.TABLE, "x.db", "t")
    with session() as con, pytest.raises(MappingError, match=r"table is not in a file.*\[KG224\]"):
        open_source(con, source, ["a"], "r", numbered=False, access=Access())
