"""Combined checks in a feature file: each part is read and refused as a scorer of its own is."""

import pytest

from workbench.errors import InputError
from workbench.exchange.feature import file, writer
from workbench.store.store import Store

FILE = """\
workbench: 1
feature:
  name: Replies
requirements:
- key: R1
  statement: It answers in one way or another
  criteria:
  - key: C1
    title: Answers
    scorer:
      kind: at_least
      settings:
        least: 2
        checks:
        - kind: contains
          settings:
            texts: [yes, 007]
        - kind: length
          settings: {max: 80}
        - kind: equals
"""


def test_its_parts_keep_what_was_written(store: Store) -> None:
    feature = file.import_feature(store, FILE, "ada")
    assert feature.id is not None
    (criterion,) = store.criteria.of(feature.id)
    settings = criterion.draft.scorer.settings
    assert settings["checks"][0] == {"kind": "contains", "settings": {"texts": ["yes", "007"]}}
    assert settings["checks"][1] == {"kind": "length", "settings": {"max": 80}}
    written = writer.export(store, feature.id).replace("name: Replies", "name: Again")
    again = file.import_feature(store, written, "ada")
    assert again.id is not None
    (copied,) = store.criteria.of(again.id)
    assert copied.draft.scorer == criterion.draft.scorer


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: equals", "kind: all_of", "“all_of” is not a choice"),
        ("kind: equals", "kind: rating", "“rating” is not a choice"),
        ("{max: 80}", "{texts: [a]}", "“texts” is not a setting of length"),
        ("{max: 80}", "{max: long}", "is not a whole number"),
        ("{max: 80}", "{}", "neither a shortest nor a longest"),
        ("least: 2", "least: 4", "wants 4 of 3 checks"),
        ("texts: [yes, 007]", "texts: ['{{ x']", "is not closed"),
    ],
)
def test_a_part_that_is_wrong_is_refused_with_its_place(
    store: Store, old: str, new: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        file.import_feature(store, FILE.replace(old, new), "ada")
    assert said in refused.value.message
    assert "criteria[0]" in refused.value.message
    assert store.features.all() == []
