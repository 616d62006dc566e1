"""Whether a server refuses pictures is told from its own words, and from no passing trouble."""

import pytest

from workbench.errors import CallFailure
from workbench.models import attached, complaints, failures

WHERE = "“Vision server” at vision.corp"
REFUSALS = [
    (400, "Invalid content type. image_url is only supported by certain models"),
    (400, "messages[1].content must be a string"),
    (400, "Model does not support images. Please use a model that does."),
    (400, "llava-1 is not a multimodal model"),
    (422, "messages[0]: unknown variant `image_url`, expected `text`"),
    (404, "No endpoints found that support image input"),
    (500, "image input is not supported - you may need to provide the mmproj"),
    (500, "image input is not supported - hint: if this is unexpected, you may need the mmproj"),
    (500, "this model is missing data required for image input"),
    (501, "This model cannot process images"),
    (503, "Unsupported part: image_url"),
]
TROUBLES = [
    (500, ""),
    (503, "overloaded"),
    (503, "upstream vision.corp is overloaded"),
    (503, "no healthy upstream for support.vision.corp"),
    (503, "division by zero"),
    (500, "integer division or modulo by zero"),
    (503, "Model is being provisioned, try again"),
    (500, "unknown revision"),
    (500, "CUDA out of memory while loading llama-3.2-11b-vision"),
    (500, "llama-3.2-11b-vision does not support this batch size"),
    (500, "CUDA out of memory while processing image"),
    (500, "failed to load mmproj: out of memory"),
    (500, "Internal error while processing image, please retry"),
    (503, "Images cannot be processed at the moment, try again later"),
    (400, "'stop' must be a string"),
    (400, "unknown revision"),
    (400, "judge-vision does not support 'stop'"),
    (400, "Internal error while processing image, please retry"),
    (404, "The model vision-7 does not exist"),
    (502, "<html><body>Images are not supported by your browser</body></html>"),
]


def heard(status: int, said: str, model: str = "llama-3.2-11b-vision") -> str:
    """What is taken for a refusal of pictures in the answer to a request that shows one."""
    body = {"error": {"message": said}} if said and said[0] != "<" else said
    failure = failures.from_status(status, body, {}, model, WHERE, ())
    picture = {"type": "image_url", "image_url": {"url": "data:"}}
    sent = {"model": model, "messages": [{"role": "user", "content": [picture]}]}
    found = attached.told(failure, complaints.read(body).message, sent)
    assert bool(attached.refused(found)) is (found is not failure)
    return attached.refused(found)


@pytest.mark.parametrize(("status", "said"), REFUSALS)
def test_a_refusal_of_pictures_is_known_in_the_words_of_servers(status: int, said: str) -> None:
    assert said.rstrip(".") in heard(status, said)


@pytest.mark.parametrize(("status", "said"), TROUBLES)
def test_a_trouble_that_only_sounds_like_pictures_stays_what_it_is(status: int, said: str) -> None:
    assert heard(status, said) == ""


def test_the_name_of_a_model_is_no_word_of_its_server() -> None:
    assert heard(400, "vision does not support 'stop'", model="vision") == ""


def test_a_server_that_was_shown_no_picture_refused_none() -> None:
    failure = failures.from_status(400, "images are not supported", {}, "m", WHERE, ())
    sent = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
    assert attached.told(failure, "images are not supported", sent) is failure
    assert failure.failure is CallFailure.BAD_REQUEST
