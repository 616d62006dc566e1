"""The card of what packs showed: figures with bounds, dates and model ids, and nothing live."""

from tests.building import loop as built
from workbench.domain.packs import Pack
from workbench.domain.scores import Outcome
from workbench.evidence import capabilities
from workbench.exchange.spec.capabilities import card
from workbench.store.store import Store


def test_a_card_says_who_answered_what_and_when_with_bounds(store: Store) -> None:
    made = built(store, n_cases=20)
    made.run([Outcome.PASS] * 18 + [Outcome.FAIL] * 2)
    pack = Pack("polite", 2, "Is <b>polite</b> | always", "CC0-1.0", feature_id=made.feature_id)
    store.packs.add(made.feature_id, pack)
    text = card(capabilities.of_pack(store, pack))
    assert "90% (71% to 99%, each bound at 95%; 20 cases)" in text
    assert "not enough evidence" in text
    assert "polite@2" in text
    assert "<b>" not in text.replace("\\<b", "")
    (row,) = [line for line in text.splitlines() if "Says thank you" in line]
    assert row.replace("\\|", "").count("|") == 8
    assert "small" in text
