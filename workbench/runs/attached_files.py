"""What is sent of a case's files, looked up when a call is rendered: for models that answer and for
those that judge."""

from dataclasses import replace

from workbench.domain.attachments import MOST_OF_A_CASE
from workbench.domain.attachments import Attachments as Files
from workbench.domain.calls import Request
from workbench.domain.conversations import Conversation, Message
from workbench.domain.datasets import Case
from workbench.errors import NotFound, StoreError, StoreUnavailable, TemplateError
from workbench.store.attachments import Attachments


def with_files(asked: Request, kept: Attachments, *, only_texts: bool = False) -> Request:
    """The request with what is sent of its files; with `only_texts` of documents alone, which is
    enough to measure it. Raises TemplateError for a file that is missing or was changed, and for
    more than can be sent, and StoreUnavailable."""
    if not any(message.attachments for message in asked.messages):
        return asked
    return replace(asked, messages=_loaded(asked.messages, kept, only_texts=only_texts))


def of_case(case: Case, kept: Attachments, *, only_texts: bool = False) -> Files:
    """A case's files, with what is sent of them. Raises as `with_files`."""
    if not case.attachments:
        return ()
    said = (Message("user", "", case.attachments),)
    return _loaded(said, kept, only_texts=only_texts)[0].attachments


def _loaded(said: Conversation, kept: Attachments, *, only_texts: bool) -> Conversation:
    try:
        messages = kept.loaded(said, only_texts=only_texts)
    except StoreUnavailable:
        # The database is in trouble, not the file: that passes.
        raise
    except (NotFound, StoreError) as error:
        raise TemplateError(error.message, error.hint) from error
    size = sum(len(one.content or b"") for message in messages for one in message.attachments)
    if size > MOST_OF_A_CASE:
        raise TemplateError(
            f"The case's attachments have {size / 2**20:,.0f} MB together.",
            f"Make them smaller: at most {MOST_OF_A_CASE >> 20} MB are sent.",
        )
    return messages
