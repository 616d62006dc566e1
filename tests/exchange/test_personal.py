"""Data of people is found on the way in, and can be left outside."""

import pytest

from workbench.domain.conversations import Message
from workbench.domain.datasets import CaseDraft
from workbench.exchange.tables import personal

MAIL, PHONE, IBAN = "ada@shop.example", "+49 30 12345678", "GB82 WEST 1234 5698 7654 32"


def case(text: str) -> CaseDraft:
    return CaseDraft("a", {"message": text})


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"Write to {MAIL}.", "Write to [e-mail address 1]."),
        (f"Call {PHONE}, please", "Call [phone number 1], please"),
        (f"Pay {IBAN} NOW", "Pay [bank account 1] NOW"),
        (
            f"{MAIL} {MAIL.upper()} b@c.example",
            "[e-mail address 1] [e-mail address 1] [e-mail address 2]",
        ),
        ("Order TB-2118 of 2026-11-29, 49.90 EUR", "Order TB-2118 of 2026-11-29, 49.90 EUR"),
    ],
)
def test_a_word_stands_for_each_thing_that_is_personal(text: str, masked: str) -> None:
    (found,) = personal.masked([case(text)])
    assert found.variables["message"] == masked


def test_what_was_masked_is_found_no_more() -> None:
    cases = [case(f"{MAIL} {PHONE} {IBAN} 4111 1111 1111 1111 8.8.8.8")]
    assert personal.found(cases).total() == 5
    assert personal.found(personal.masked(cases)).total() == 0


def test_lists_references_sources_and_conversations_are_looked_into() -> None:
    draft = CaseDraft(
        "a",
        {"rows": [{"mail": MAIL}, 3, None]},
        [f"Ask {PHONE}"],
        source=f"inbox of {MAIL}",
        messages=(Message("user", f"I am {MAIL}"),),
    )
    assert personal.found([draft]) == {"email": 3, "phone": 1}
    (clean,) = personal.masked([draft])
    assert clean.variables == {"rows": [{"mail": "[e-mail address 1]"}, 3, None]}
    assert clean.reference == ["Ask [phone number 1]"]
    assert clean.source == "inbox of [e-mail address 1]"
    assert clean.messages[0].content == "I am [e-mail address 1]"


def test_the_same_thing_has_the_same_word_in_all_cases() -> None:
    first, second = personal.masked([case(f"I am {MAIL}"), case(f"Again {MAIL}, not b@c.example")])
    assert first.variables["message"] == "I am [e-mail address 1]"
    assert second.variables["message"] == "Again [e-mail address 1], not [e-mail address 2]"


def test_the_counts_are_said_in_words() -> None:
    assert personal.said({"phone": 1, "email": 1200}) == "1,200 e-mail addresses, 1 phone number"
