"""Outside results with thoughts in their outputs: kept apart, and the same again."""

from workbench.exchange.results import file
from workbench.exchange.results.keeping import keep
from workbench.store.store import Store

TEXT = (
    "case,variant,trial,criterion,value,output\n"
    'a,X,1,Polite,1,"<think>Hm.</think>Hello"\n'
    'b,X,1,Polite,1,"Hello, and </think> is a tag"\n'
)


def test_thoughts_of_outside_outputs_are_kept_apart_and_known_again(store: Store) -> None:
    results = file.read("r.csv", TEXT.encode())
    keep(store, results, "Replies", "Ada", 0.8)
    again = keep(store, file.read("r.csv", TEXT.encode()), "Replies", "Ada", 0.8)
    (feature,) = store.features.all()
    assert feature.id is not None
    (experiment, *_) = store.experiments.of(feature.id)
    found = {(t.output, t.reasoning) for t in store.trials.of_experiment(experiment.id)}
    assert found == {("Hello", "Hm."), ("Hello, and </think> is a tag", "")}
    assert again is not None
