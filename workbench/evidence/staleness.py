"""What makes a verdict stale: what was changed since, each as half a sentence."""

from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.domain.requirements import Requirement


def reasons(
    requirement: Requirement,
    criterion: Criterion,
    variant: Variant,
    experiment: Experiment,
    newest_prompts: dict[UUID, int],
    newest_dataset: int,
) -> list[str]:
    """Why an experiment's evidence is older than what it judges; empty where it is not."""
    found = []
    revision = requirement.revision
    if revision.number > 1 and revision.created_at > experiment.created_at:
        found.append(f"{requirement.key} was revised")
    frozen = dict(experiment.criteria).get(criterion.id)
    if frozen is not None and frozen != criterion.number:
        found.append(f"{criterion.key} was changed")
    # An older wording that was tried beside the newest one is no news: it is the comparison.
    prompt = variant.prompt.prompt_id
    tried = max(v.prompt.number for v in experiment.variants if v.prompt.prompt_id == prompt)
    if newest_prompts.get(prompt, 0) > tried:
        found.append(f"the prompt “{variant.prompt.name}” has a newer version")
    if newest_dataset > experiment.dataset_number:
        found.append(f"the dataset “{experiment.dataset}” has a newer version")
    return found
