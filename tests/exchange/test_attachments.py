"""Pictures and documents from outside: told by their content, bounded, and byte for byte."""

import io
import re
import struct
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from tests import building
from tests.empty import empty_store
from tests.pictures import jpeg, pdf, png
from workbench.actions import datasets, doctor, exporting, features, upkeep
from workbench.domain import attachments
from workbench.domain.attachments import JPEG, PDF, PNG
from workbench.domain.datasets import CaseDraft
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.exchange.archives import zips
from workbench.exchange.attachments import reading
from workbench.exchange.feature import bundle
from workbench.exchange.tables import case_files, files, mapping
from workbench.exchange.tables.reading import read
from workbench.store.store import Store, open_store

ADA = Person("a", "Ada")


def huge_png(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it has many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def refused(data: bytes, name: str = "file.png") -> str:
    with pytest.raises(InputError) as caught:
        reading.look(name, data)
    assert caught.value.hint
    return caught.value.message


def kept(store: Store) -> building.Loop:
    """A feature with a dataset whose cases attach a picture and a document."""
    made = building.loop(store)
    picture = datasets.attach(store, ADA, made.feature_id, "receipt.png", png())
    letter = datasets.attach(store, ADA, made.feature_id, "letter.pdf", pdf("Pay 12 EUR"))
    cases = [
        CaseDraft("both", {"message": "What is this?"}, attachments=(picture, letter)),
        CaseDraft("again", {"message": "And this?"}, attachments=(picture,)),
    ]
    datasets.create(store, ADA, made.feature_id, "Receipts", cases)
    return made


def test_a_file_is_told_by_its_content_and_not_by_its_name() -> None:
    found = [reading.look("a.pdf", data) for data in (png(), jpeg(), pdf("Hello"))]
    assert [one.media_type for one in found] == [PNG, JPEG, PDF]
    assert [(one.width, one.height) for one in found[:2]] == [(30, 20), (30, 20)]
    assert found[2].text == "Hello"
    assert found[2].pages == 1


def test_many_files_are_looked_at_together_and_the_bad_one_is_named() -> None:
    good = [(f"{n}.png", png(n)) for n in range(1, 6)]
    assert [one.width for one in reading.look_at_all(good)] == [1, 2, 3, 4, 5]
    with pytest.raises(InputError, match=r"^bad\.png: The picture is damaged"):
        reading.look_at_all([*good, ("bad.png", png()[:40])])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"GIF89a" + b"\0" * 99, "none of the files that can be attached"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "none of the files"),
        (png()[:60], "The picture is damaged"),
        (pdf("Hello")[:90], "The PDF is damaged"),
        (pdf(""), "holds no text"),
        (pdf("x", attachments.MOST_PAGES + 1), "pages, more than"),
        (png() + b"\0" * attachments.MOST_BYTES, "10.0 MB"),
    ],
    ids=["empty", "gif", "svg", "cut png", "cut pdf", "scan", "pages", "large"],
)
def test_what_can_not_be_attached_is_refused_with_what_is_wrong(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_a_picture_that_unfolds_to_many_pixels_is_refused_before_it_does() -> None:
    assert "50,000 × 50,000 pixels" in refused(huge_png(50_000, 50_000))


def test_a_document_whose_stream_unfolds_without_end_is_stopped() -> None:
    packed = zlib.compress(b"(" + b"A" * 400_000_000 + b") Tj", 9)
    stream = f"<</Length {len(packed)}/Filter/FlateDecode>>stream\n".encode() + packed
    bomb = re.sub(rb"<</Length \d+>>stream\n.*?(?=\nendstream)", lambda _: stream, pdf("x"))
    assert len(bomb) > len(packed)
    assert refused(bomb, "bomb.pdf").startswith("bomb.pdf: ")


def test_a_preview_is_small_and_no_copy_of_the_file() -> None:
    found = reading.look("large.png", png(3_000, 200))
    assert found.preview is not None
    assert found.preview.startswith(b"\xff\xd8\xff")
    assert reading.look("x.jpg", found.preview).width == 1024


def test_an_archive_that_unfolds_too_far_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"\0" * (zips.MOST_BYTES + 1))
    with pytest.raises(InputError, match="unfolds to more than"):
        zips.unpack(made.getvalue(), "bomb.zip")


def test_a_feature_with_files_comes_back_byte_for_byte(store: Store, tmp_path: Path) -> None:
    made = kept(store)
    data = exporting.feature_zip(store, made.feature_id)
    (tmp_path / "feature.zip").write_bytes(data)
    other = empty_store(tmp_path)
    feature = features.bring_in(other, ADA, bundle.read(tmp_path / "feature.zip"))
    assert feature.id is not None
    assert exporting.feature_zip(other, feature.id) == data
    (_, receipts) = other.datasets.of(feature.id)
    both = next(case for case in other.datasets.cases(receipts.id) if case.key == "both")
    assert [other.attachments.data(one) for one in both.attachments] == [png(), pdf("Pay 12 EUR")]
    other.close()


def test_a_folder_beside_the_feature_file_does_the_same(store: Store, tmp_path: Path) -> None:
    made = kept(store)
    out = tmp_path / "out" / "feature.yaml"
    exporting.write_whole(out, exporting.feature_yaml(store, made.feature_id))
    exporting.write_beside(out, exporting.files_beside(store, made.feature_id))
    assert len(bundle.read(out).files) == 2
    other = empty_store(tmp_path)
    feature = features.bring_in(other, ADA, bundle.read(out))
    assert feature.id is not None
    assert exporting.feature_yaml(other, feature.id) == out.read_text("utf-8")
    other.close()


def test_a_feature_file_whose_files_are_missing_names_them(store: Store, tmp_path: Path) -> None:
    made = kept(store)
    (tmp_path / "alone.yaml").write_text(exporting.feature_yaml(store, made.feature_id), "utf-8")
    other = empty_store(tmp_path)
    with pytest.raises(InputError, match=r"“letter\.pdf”"):
        features.bring_in(other, ADA, bundle.read(tmp_path / "alone.yaml"))
    assert other.features.all() == []
    other.close()


def test_a_feature_file_whose_file_was_swapped_is_refused(store: Store, tmp_path: Path) -> None:
    made = kept(store)
    members = zips.unpack(exporting.feature_zip(store, made.feature_id), "x.zip")
    other_picture = png(colour="green")
    swapped = {n: other_picture if n.endswith(".png") else d for n, d in members.items()}
    other = empty_store(tmp_path)
    with pytest.raises(InputError, match=r"“receipt\.png”"):
        features.bring_in(other, ADA, bundle.of_zip(zips.pack(swapped), "x.zip"))
    other.close()


def test_cases_with_files_come_back_from_a_table(store: Store, tmp_path: Path) -> None:
    made = kept(store)
    (_, receipts) = store.datasets.of(made.feature_id)
    drafts = [case.draft() for case in store.datasets.cases(receipts.id)]
    data = case_files.archive(drafts, store.attachments.data)
    other = empty_store(tmp_path)
    packed = files.of_archive("cases.zip", data)
    table = read(packed.name, packed.data)
    given = mapping.to_cases(table, mapping.guess_mapping(table))
    looked = files.looked_at(files.wanted(given, other.attachments), packed.find)
    assert list(files.attached(given, looked)) == drafts
    text = case_files.csv_text(drafts).encode("utf-8-sig")
    table = read("cases.csv", text)
    assert list(mapping.to_cases(table, mapping.guess_mapping(table))) == drafts
    other.close()


def test_a_table_names_files_of_its_archive_by_path_or_by_name(store: Store) -> None:
    data = zips.pack(
        {
            "mail/cases.csv": b"id,message,attachments\n1,What?,scan.png; pages/a.pdf\n2,And?,\n",
            "mail/pages/a.pdf": pdf("A"),
            "other/scan.png": png(),
        }
    )
    packed = files.of_archive("mail.zip", data)
    table = read(packed.name, packed.data)
    given = mapping.to_cases(table, mapping.guess_mapping(table))
    looked = files.looked_at(files.wanted(given, store.attachments), packed.find)
    first, second = files.attached(given, looked)
    digests = [sha256(png()).hexdigest(), sha256(pdf("A")).hexdigest()]
    assert [one.sha256 for one in first.attachments] == digests
    assert [one.name for one in first.attachments] == ["scan.png", "a.pdf"]
    assert second.attachments == ()


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "link.png", "../../x.png"])
def test_a_table_can_name_no_file_outside_of_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(png())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "mine.png").write_bytes(png())
    find = files.in_folder(folder)
    assert find(name) is None
    assert find("mine.png") == png()


def test_a_case_that_names_a_file_which_is_not_there_is_refused(store: Store) -> None:
    table = read("cases.csv", b"id,message,attachments\n1,What?,gone.png\n")
    given = mapping.to_cases(table, mapping.guess_mapping(table))
    with pytest.raises(InputError, match=r"Case “1” names the file “gone\.png”"):
        files.looked_at(files.wanted(given, store.attachments), files.nowhere)
    made = building.loop(store)
    with pytest.raises(InputError, match="which was not given"):
        datasets.create(store, ADA, made.feature_id, "Mail", given)


def test_the_same_words_with_another_picture_are_another_input() -> None:
    red, blue = (reading.look("a.png", png(colour=c)) for c in ("red", "blue"))
    cases = [
        CaseDraft("a", {"message": "What?"}),
        CaseDraft("a", {"message": "What?"}, attachments=(red.named("a.png"),)),
        CaseDraft("a", {"message": "What?"}, attachments=(blue.named("a.png"),)),
    ]
    assert len({case.cluster() for case in cases}) == 3
    assert len({case.fingerprint() for case in cases}) == 3
    renamed = CaseDraft("a", {"message": "What?"}, attachments=(red.named("b.png"),))
    assert renamed.cluster() == cases[1].cluster()


def test_doctor_finds_files_that_are_missing_or_were_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    path = str(tmp_path / "app.duckdb")
    opened = open_store(path, tmp_path)
    kept(opened)
    opened.close()
    assert all(found.is_well for found in doctor.examine(path) if "file" in found.text)
    for damage, said in (
        ("update attachments set data = 'x'::blob where pages = 1", "1 attached file changed"),
        ("delete from attachments", "2 files without a row in attachments"),
    ):
        with duckdb.connect(path) as other:
            other.execute(damage)
        found = [one.text for one in doctor.examine(path) if not one.is_well]
        assert any(said in text for text in found), found


def test_a_backup_has_the_files(tmp_path: Path) -> None:
    opened = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    made = kept(opened)
    copy = upkeep.back_up(opened, ADA, tmp_path / "copy.duckdb")
    wanted = exporting.feature_zip(opened, made.feature_id)
    opened.close()
    restored = open_store(str(copy), tmp_path)
    assert exporting.feature_zip(restored, made.feature_id) == wanted
    restored.close()
