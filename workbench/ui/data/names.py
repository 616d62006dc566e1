"""The names of variables that the prompts of the open feature ask for."""

from uuid import UUID

from workbench.domain.prompts import PromptVersion
from workbench.errors import TemplateError
from workbench.models.templates import variables_of
from workbench.ui.parts import session


def of_prompts() -> list[str]:
    """The variables that the feature's prompts ask for, at their newest versions."""
    newest: dict[UUID, PromptVersion] = {}
    for version in session.store().prompts.versions(session.feature_id()):
        known = newest.get(version.prompt_id)
        if known is None or version.number > known.number:
            newest[version.prompt_id] = version
    names: dict[str, None] = {}
    for version in newest.values():
        for template in (version.text.system, version.text.user):
            try:
                names.update(dict.fromkeys(variables_of(template)))
            except TemplateError:
                # A prompt that is being written may not be readable yet; its page says so.
                continue
    names.pop("reference", None)
    return list(names)
