"""The encoding of a text file: said by the file, stated, found where one fits, or asked for."""

from pathlib import Path

import pytest

from workbench.errors import InputError
from workbench.exchange.tables import reading
from workbench.exchange.tables.reading import NeedsChoice, Reading

CASES = Path(__file__).parents[1] / "cases" / "24-csv-in-other-code-pages"
WRITTEN = {
    "cp1252": (
        "Où est mon colis ? J’attends déjà depuis deux semaines.",
        "Können Sie mir die Rechnung schicken?",
        "¿Dónde está mi pedido? Llevo dos semanas esperando.",
        "Var är mitt paket? Jag har väntat i två veckor.",
        "I can’t find my order – the “premium” plan costs £20.",
    ),
    "cp1250": (
        "Gdzie jest moja przesyłka? Czy mogę zwrócić pieniądze za żółtą łódź?",
        "Kde je moje zásilka? Čekám už dva týdny. Můžete mi poslat fakturu?",
    ),
    "cp1251": ("Где мой заказ? Я жду уже две недели.",),
    "koi8_r": ("Где мой заказ? Я жду уже две недели.",),
    "cp1253": ("Πού είναι η παραγγελία μου; Περιμένω δύο εβδομάδες.",),
    "cp1254": ("Siparişim nerede? İki haftadır bekliyorum, çok üzgünüm.",),
    "cp1257": ("Noriu susigrąžinti pinigus, prekė atvyko sugadinta. Ar galite atsiųsti sąskaitą?",),
    "cp932": ("注文番号は何ですか。もう二週間待っています。",),
    "euc_jp": ("注文番号は何ですか。もう二週間待っています。",),
    "gb18030": ("我的订单在哪里？我已经等了两个星期了。",),
    "big5": ("我的訂單在哪裡？我已經等了兩個星期了。可以退款嗎？",),
    "cp949": ("제 주문은 어디에 있습니까? 벌써 두 주를 기다렸습니다.",),
    "cp850": ("Ich möchte das Gerät zurückgeben. Die Größe passt nicht: gibt es Ärger?",),
    "cp866": ("Где мой заказ? Я жду уже две недели.",),
    "mac_roman": ("Où est mon colis ? J’attends déjà depuis deux semaines.",),
}


def written(text: str, encoding: str) -> bytes:
    """A file with one case."""
    return f'id,question\n1,"{text}"\n'.encode(encoding)


def asked_for(data: bytes) -> tuple[str, ...]:
    """The encodings to choose from, where a choice is needed."""
    try:
        reading.read("a.csv", data)
    except NeedsChoice as error:
        return error.options
    return ()


@pytest.mark.parametrize("name", ["cp1251", "cp932", "gb18030"])
def test_a_short_file_in_another_code_page_is_read_rightly_and_said(name: str) -> None:
    data = (CASES / f"{name}.csv").read_bytes()
    table = reading.read(f"{name}.csv", data)
    assert table.columns == ("id", "question")
    assert table.rows[0][1] == data.decode(name).split("1,")[1].strip()
    assert "because line 2 is not UTF-8" in table.notes[0]


@pytest.mark.parametrize(
    ("encoding", "text"), [(name, text) for name, texts in WRITTEN.items() for text in texts]
)
def test_a_code_page_is_read_rightly_or_asked_for(encoding: str, text: str) -> None:
    data = written(text, encoding)
    options = asked_for(data)
    assert not options or encoding in options
    stated = Reading(encoding=encoding if options else "")
    assert reading.read("a.csv", data, stated).rows == (("1", text),)


def test_most_code_pages_are_found_without_asking() -> None:
    asked = [
        encoding
        for encoding, texts in WRITTEN.items()
        for text in texts
        if asked_for(written(text, encoding))
    ]
    assert len(asked) <= 2, asked


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(128, 256)) * 3,
        "id,name\n1,Zoë\n".encode() + "2,Zoë\n".encode("cp1252"),
        b"id,q\n1,a\x81\x8d\x8f\x90\x9d b\n",
    ],
    ids=["all bytes", "two encodings in one file", "control characters"],
)
def test_gibberish_is_never_a_click_away(data: bytes) -> None:
    with pytest.raises(NeedsChoice, match="is not UTF-8") as caught:
        reading.read("a.csv", data)
    assert "CSV UTF-8" in caught.value.hint


def test_what_could_be_several_languages_is_asked_for() -> None:
    data = "id,question\n1,איפה ההזמנה שלי? אני מחכה כבר שבועיים.\n".encode("cp1255")
    with pytest.raises(NeedsChoice) as caught:
        reading.read("a.csv", data)
    assert caught.value.part == "encoding"
    assert "cp1255" in caught.value.options
    found = reading.read("a.csv", data, Reading(encoding="Windows-1255"))
    assert found.rows[0][1] == "איפה ההזמנה שלי? אני מחכה כבר שבועיים."


def test_a_stated_encoding_that_does_not_fit_is_refused_by_line() -> None:
    with pytest.raises(InputError, match="Line 2 is not UTF-8 text"):
        reading.read("a.csv", "id,q\n1,Zoë\n".encode("cp1252"), Reading(encoding="utf-8"))
    with pytest.raises(InputError, match="not an encoding that can be read"):
        reading.read("a.csv", b"id,q\n1,a\n", Reading(encoding="klingon"))


@pytest.mark.parametrize(
    "encoding",
    ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_every_unicode_encoding_is_read_with_and_without_a_mark(encoding: str) -> None:
    data = "id,name\n1,Zoë and the others\n2,Anna and Bob\n".encode(encoding)
    assert reading.read("a.csv", data).rows == (("1", "Zoë and the others"), ("2", "Anna and Bob"))


def test_several_marks_do_no_harm() -> None:
    mark = "\ufeff".encode()
    table = reading.read("a.csv", mark + mark + b"sep=;\n" + mark + b"a;b\n1;2\n")
    assert (table.columns, table.rows) == (("a", "b"), (("1", "2"),))
    assert reading.read("a.jsonl", mark + mark + b'{"a": 1}\n').rows == (("1",),)


def test_nul_characters_that_were_left_out_are_counted() -> None:
    assert reading.read("a.csv", b"id,q\n1,a\0\0b\n").notes == ("2 NUL characters were left out.",)
