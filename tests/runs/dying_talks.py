"""A workbench process that is killed while users are played: for `tests.faults.talk_kills`."""

import sys
from pathlib import Path

from tests.runs.scenes import AUTHOR
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import open_store

store = open_store(sys.argv[1], Path(sys.argv[2]))
store.take_over()
(feature,) = store.features.all()
assert feature.id is not None
(experiment,) = store.experiments.of(feature.id)
jobs = Jobs(store, Models(LocalModel(Path(sys.argv[2]))))
jobs.start(experiment.id, AUTHOR)
while not jobs.wait(experiment.id, 0.02):
    # What is printed was committed: the test holds the file to it.
    print(store.database.value("select count(*) from turns"), flush=True)
