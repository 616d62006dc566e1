"""Why a model that was at work said nothing: it thought, and that was all."""

from workbench.errors import CallFailure, ModelError

_SWITCH = (
    "switch the model's thinking off, for instance with "
    '{"chat_template_kwargs": {"enable_thinking": false}} in the extra body'
)


def only_thoughts(thoughts: str, field: str, *, is_cut: bool) -> ModelError:
    """The failure of a reply that has thoughts and no answer: `field` is where the server put them,
    empty where they are a block in the text; `is_cut` says that the token limit ended them."""
    if is_cut:
        said = "The model was still thinking at its token limit, and gave no answer."
        hint = f"Allow a longer answer (thoughts count as well), or {_SWITCH}."
    elif field:
        said = f"The server put all that the model said into “{field}” and left the answer empty."
        hint = (
            "If that is the answer, the server's reasoning parser takes it for thoughts: start it "
            f"without one (vLLM: --reasoning-parser), or {_SWITCH}."
        )
    else:
        said = "The model's whole reply is a block of thoughts; no answer follows it."
        hint = f"Ask again, or {_SWITCH}."
    return ModelError(CallFailure.EMPTY, said, hint, has_begun=True, reasoning=thoughts)
