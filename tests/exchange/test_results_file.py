"""A file of outside results: what it may say, and what is said about a line that is wrong."""

import pytest

from workbench.domain.scores import OUTSIDE, Outcome
from workbench.errors import InputError
from workbench.exchange.results import file
from workbench.exchange.results.shape import Results, scale_of

HEADER = "case,variant,trial,criterion,value"


def read(text: str, name: str = "r.csv") -> Results:
    """The results in a text."""
    return file.read(name, text.encode("utf-8"))


def refusal(text: str | bytes) -> str:
    """What is said of a file that cannot be imported."""
    with pytest.raises(InputError) as caught:
        file.read("r.csv", text if isinstance(text, bytes) else text.encode("utf-8"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        *[(text, Outcome.PASS) for text in ("true", "TRUE", "Yes", "1", "1.0", " pass ")],
        *[(text, Outcome.FAIL) for text in ("false", "False", "no", "0", "0.0", "FAIL")],
        *[(text, Outcome.UNSCORED) for text in ("", "  ")],
    ],
)
def test_a_value_is_pass_fail_or_unscored(written: str, outcome: Outcome) -> None:
    (answer,) = read(f"{HEADER}\na,X,1,Polite,{written}\n").answers
    assert [score.outcome for score in answer.scores] == [outcome]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    text = f"{HEADER}\na,X,2,Polite,true\n".replace(",", delimiter)
    (answer,) = read(text).answers
    assert (answer.case, answer.variant, answer.number) == ("a", "X", 2)


def test_a_byte_order_mark_and_capitals_in_the_header_do_no_harm() -> None:
    assert read("\ufeffCase , VARIANT,Trial,Criterion,Value\r\na,X,1,Polite,1\r\n").criteria == (
        "Polite",
    )


def test_rows_about_one_trial_come_together() -> None:
    results = read(
        "case,variant,trial,criterion,value,output,slice,latency_ms,cost,rater\n"
        "a,X,1,Polite,1,Hello,short; inbox,120,0.002,Ada\n"
        "a,X,1,Polite,0,,,,,Ben\n"
        "a,X,1,correct,1,Hello,short; inbox,120,0.002,\n"
    )
    (answer,) = results.answers
    assert (answer.output, answer.latency_ms, answer.cost) == ("Hello", 120.0, 0.002)
    assert [(s.criterion, s.rater) for s in answer.scores] == [
        (0, "Ada"),
        (0, "Ben"),
        (1, OUTSIDE),
    ]
    assert results.cases == {"a": ("short", "inbox")}
    assert results.criteria == ("Polite", "correct")


def test_a_criterion_is_the_same_in_other_capitals_and_spaces() -> None:
    results = read(f"{HEADER}\na,X,1,Is  polite,1\nb,X,1,is polite,1\n")
    assert results.criteria == ("Is polite",)


def test_an_output_keeps_its_lines_and_the_next_error_its_line() -> None:
    text = f'{HEADER},output\na,X,1,Polite,1," Dear Ada,\n\nbye "\nb,X,1,Polite,maybe,\n'
    assert "Line 5: " in refusal(text)
    (answer,) = read(text.replace("maybe", "").replace("b,X,1,Polite,,\n", "")).answers
    assert answer.output == " Dear Ada,\n\nbye "


def test_columns_that_mean_nothing_are_named() -> None:
    assert read(f"{HEADER},latency\na,X,1,Polite,1,9\n").ignored == ("latency",)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,X,1,Polite,maybe", "Line 2: the value “maybe” is not true, false, 1, 0, another num"),
        ("a,X,1,Polite,7", "Line 2: the value 7 is not from 0 to 1."),
        ("a,X,1,Polite,-0.5", "Line 2: the value -0.5 is not from 0 to 1"),
        ("a,X,1,Polite,inf", "Line 2: the value “inf” is not true"),
        ("a,X,1,Polite,nan", "Line 2: the value “nan” is not true"),
        ("a,X,0,Polite,1", "Line 2: the trial “0” is not a whole number from 1 to 100."),
        ("a,X,101,Polite,1", "Line 2: the trial “101”"),
        ("a,X,1.5,Polite,1", "Line 2: the trial “1.5”"),
        (",X,1,,1", "Line 2: “case”, “criterion” is empty."),
        ("a,X,1,Polite", "Line 2 has 4 cells, but the header has 5 columns."),
    ],
)
def test_a_wrong_line_says_what_is_wrong(row: str, said: str) -> None:
    assert said in refusal(f"{HEADER}\n{row}\n")


def test_numbers_on_another_scale_are_told_once_with_what_to_say() -> None:
    rows = "".join(
        f"{case},X,1,Clear,{value}\n" for case, value in zip("abcd", "1352", strict=True)
    )
    with pytest.raises(InputError) as caught:
        read(f"{HEADER}\n{rows}")
    assert caught.value.message.splitlines() == [
        "“r.csv” was not imported: 1 thing is wrong.",
        "Line 3: the value 3 is not from 0 to 1, nor are 2 other values.",
    ]
    assert "--passes-from 4" in caught.value.hint


@pytest.mark.parametrize(
    ("column", "first", "second", "said"),
    [
        ("output", "Hi", "Ho", "Line 3: another output than line 2 for the same trial."),
        ("latency_ms", "10", "11", "Line 3: another latency_ms than line 2"),
        ("cost", "0.1", "0.2", "Line 3: another cost than line 2"),
        ("slice", "short", "long", "Line 3: the case “a” was in the slice “short”."),
        ("latency_ms", "10", "fast", "Line 3: the latency_ms “fast” is not a number from 0 up."),
        ("cost", "0", "-1", "Line 3: the cost “-1” is not a number from 0 up."),
    ],
)
def test_lines_that_contradict_each_other_are_refused(
    column: str, first: str, second: str, said: str
) -> None:
    text = f"{HEADER},{column}\na,X,1,Polite,1,{first}\na,X,1,Correct,1,{second}\n"
    assert said in refusal(text)


def test_a_score_that_is_there_twice_names_both_lines() -> None:
    said = refusal(f"{HEADER}\na,X,1,Polite,1\nb,X,1,Polite,1\na,X,1,Polite,0\n")
    assert "Line 4: line 2 has the same case, variant, trial, criterion and rater." in said


def test_twenty_problems_are_listed_and_the_rest_counted() -> None:
    said = refusal(HEADER + "\na,X,1,Polite,maybe" * 25)
    assert said.count("Line ") == 20
    assert "25 things are wrong" in said
    assert "… and 5 more." in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEADER}\né,X,1,Polite,1\n".encode("latin-1"), "Line 2 is not UTF-8"),
        (b"", "It is empty"),
        (b"a,b\n1,2\n", "no column “case”, “variant”, “trial”, “criterion”, “value”"),
        (b"case,variant,trial,value\na,X,1,1\n", "no column “criterion”"),
        (f"{HEADER},value\na,X,1,Polite,1,0\n".encode(), "two columns “value”"),
        (f"{HEADER},VALUE\na,X,1,Polite,1,0\n".encode(), "two columns “value”"),
        (f"{HEADER}\n\n".encode(), "a header but no row"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "It is not text"),
    ],
)
def test_what_is_no_file_of_results_is_refused(text: bytes, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("value", "passes_from", "outcome"),
    [
        ("0.5", None, Outcome.PASS),
        ("0.49", None, Outcome.FAIL),
        ("0.7", 0.8, Outcome.FAIL),
        ("4", 4.0, Outcome.PASS),
        ("3.5", 4.0, Outcome.FAIL),
        ("-2", -3.0, Outcome.PASS),
        ("true", 4.0, Outcome.PASS),
    ],
)
def test_a_number_passes_from_a_level(
    value: str, passes_from: float | None, outcome: Outcome
) -> None:
    text = f"{HEADER}\na,X,1,Polite,{value}\n"
    (answer,) = file.read("r.csv", text.encode(), passes_from).answers
    assert [score.outcome for score in answer.scores] == [outcome]


def test_on_a_scale_from_1_to_5_a_1_is_no_pass_but_elsewhere_it_is() -> None:
    rows = "a,X,1,Stars,1\na,X,1,Polite,1\nb,X,1,Stars,5\nb,X,1,Polite,0\n"
    answers = file.read("r.csv", f"{HEADER}\n{rows}".encode(), 4.0).answers
    said = [[score.outcome for score in answer.scores] for answer in answers]
    assert said == [[Outcome.FAIL, Outcome.PASS], [Outcome.PASS, Outcome.FAIL]]


def test_a_quote_that_never_closes_swallows_no_line() -> None:
    text = f'{HEADER},output\na,X,1,Polite,1,fine\nb,X,1,Polite,1,"never\nc,X,1,Polite,1,gone\n'
    assert "The quote that opens on line 3 is never closed" in refusal(text)


def test_numbers_on_a_scale_stay_on_it() -> None:
    text = b"case,variant,trial,criterion,value\na,X,1,Clear,4\nb,X,1,Clear,6"
    with pytest.raises(InputError) as caught:
        file.read("r.csv", text, 4.0, scale_of("1 to 5"))
    assert "Line 3: the value 6 is not from 1 to 5" in str(caught.value)
    assert file.read("r.csv", text, 4.0).levels == {0: (4.0, None)}
    assert file.read("r.csv", text, 4.0, scale_of("1-10")).levels == {0: (4.0, (1, 10))}


@pytest.mark.parametrize("typed", ["", "5", "5-1", "a-b", "1-1"])
def test_what_is_no_scale_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="is not a scale"):
        scale_of(typed)


def test_a_scale_needs_the_level_that_passes() -> None:
    with pytest.raises(InputError, match="From which number of 1 to 5 on"):
        file.read("r.csv", b"case,variant,trial,criterion,value\na,X,1,C,4", None, scale_of("1-5"))


def test_a_case_has_one_group() -> None:
    text = b"case,variant,trial,criterion,value,group\na,X,1,C,1,one\na,X,2,C,1,\na,X,3,C,1,two"
    with pytest.raises(InputError) as caught:
        file.read("r.csv", text)
    assert "Line 4: the case “a” was in the group “one”" in str(caught.value)
