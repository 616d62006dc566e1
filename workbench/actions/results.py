"""Results that were made elsewhere, kept as an experiment that is finished."""

from workbench.actions import permission
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.exchange.results import keeping
from workbench.exchange.results.imported import Imported
from workbench.exchange.results.shape import Results
from workbench.say import count
from workbench.store.store import Store


def keep(store: Store, who: Person, results: Results, feature: str, bar: float) -> Imported:
    """Keep a file's results with the feature of this name, or a new one. `bar` is that of criteria
    that are new. A file that was imported before changes nothing.

    Raises InputError, with nothing kept, where the file says otherwise than what is there, or the
    bar or the feature's name cannot be used.
    """
    there = store.features.named(feature)
    permission.ask(who, Deed.RESULTS_IMPORT, there.id if there else None)
    with store.transaction():
        done = keeping.keep(store, results, feature, who.name, bar)
        if done.added_trials or done.added_scores:
            key = ", ".join(done.experiments)
            what = f"{key}: {count(done.added_trials, 'result')} imported"
            store.history.add(who, Deed.RESULTS_IMPORT, done.feature_id, key, what, results.name)
    if done.added_trials or done.added_scores:
        _keep_verdicts(store, done)
    return done


def _keep_verdicts(store: Store, done: Imported) -> None:
    """Keep what the criteria come to now, as at the end of a run of our own."""
    from workbench.evidence import kept_verdicts

    for experiment in store.experiments.of(done.feature_id):
        run = store.runs.latest(experiment.id)
        if experiment.key in done.experiments and run is not None:
            kept_verdicts.keep(store, experiment, run.id)
