"""Why planned trials have no score: failed, refused, cut, unrated and not yet asked are five."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Unscored:
    """The planned trials that one criterion has no score of, each counted once, by the reason.

    `failed` and `refused` are calls without an output: those that a provider or its content filter
    would not answer are `refused` (with outputs that the server marks as a refusal, where a scorer
    could not say), all others `failed`. `unrated` outputs wait for a person, `unjudged` ones for a
    model. What a scorer looked at and could not judge is `cut` where the answer ends at its token
    limit, else `unclear`: a check that could not run, a rater who can't tell, raters who are split.
    `not_asked` have no trial yet. The criterion does not apply to those that are `partly`, but it
    does to another trial of their case, and the case is measured as a whole.
    """

    failed: int = 0
    refused: int = 0
    cut: int = 0
    unrated: int = 0
    unclear: int = 0
    not_asked: int = 0
    partly: int = 0
    unjudged: int = 0

    @property
    def total(self) -> int:
        """All planned trials without a score."""
        return sum(getattr(self, field.name) for field in fields(self))

    @property
    def without_output(self) -> int:
        """Calls that ended without an output, whoever is to blame."""
        return self.failed + self.refused


@dataclass(frozen=True)
class Open:
    """What is open of a criterion's `planned` trials, and how many answers are not what they seem.

    `n_outside` trials are none of those: their scorers say that the criterion does not apply.

    `n_refused` and `n_cut` count all trials that ended so, scored or not; those without a score are
    in `unscored` too. Those of results that were made elsewhere (`is_outside`) are not asked by us.
    """

    planned: int = 0
    n_refused: int = 0
    n_cut: int = 0
    unscored: Unscored = Unscored()
    is_outside: bool = False
    n_outside: int = 0

    @property
    def mostly_failed(self) -> bool:
        """Whether more than half of what was to be scored has no output because calls failed."""
        return 2 * self.unscored.without_output > self.planned


NOTHING = Open()
"""Of a criterion that nothing was planned for."""
