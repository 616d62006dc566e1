"""The part of a connection's drawer that says how a product's endpoint is called."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from workbench.domain.connections import Connection
from workbench.domain.products import BODY, METHODS, Product
from workbench.ui.parts.form import Form

MODEL, ENDPOINT = "model", "endpoint"
KINDS = {MODEL: "Models (OpenAI-compatible)", ENDPOINT: "A product's endpoint"}
_PATHS = {
    "model": ("What answered", "$.version"),
    "input_tokens": ("Tokens in", "$.usage.input"),
    "output_tokens": ("Tokens out", "$.usage.output"),
}


def fields(connection: Connection) -> dict[str, Any]:
    """What a connection has, as fields of the form."""
    product = connection.product or Product()
    return {
        "kind": ENDPOINT if connection.endpoint else MODEL,
        "method": product.method,
        "answer": product.answer,
        **{f"path_{name}": getattr(product, name) for name in _PATHS},
    }


def kind(form: Form) -> str:
    """Choose what is behind the connection."""
    st.selectbox(
        "What answers",
        **form.bind_choice("kind", list(KINDS)),
        format_func=lambda option: KINDS[option],
        help="A model behind an OpenAI-compatible API, or your own product: any address that takes "
        "JSON and answers in JSON.",
    )
    return str(form.value("kind"))


def draw(form: Form) -> None:
    """How the endpoint is called, and where in its reply the answer stands."""
    left, right = st.columns([1, 2])
    left.selectbox("Method", **form.bind_choice("method", list(METHODS)))
    right.text_input(
        "Path of the answer",
        **form.bind("answer"),
        placeholder="$.answer",
        help="Where in the JSON of the reply the answer stands: $.answer, $.choices[0].text. What "
        "is no text is kept as JSON.",
    )
    st.caption("The body is the user message of the prompt that you try, a template of JSON:")
    st.code(BODY, language="json")
    with st.expander("What else the reply says", icon=":material/data_object:"):
        for name, (label, example) in _PATHS.items():
            st.text_input(
                f"Path of: {label.lower()}",
                **form.bind(f"path_{name}"),
                placeholder=f"{example} (may stay empty)",
            )


def applied(connection: Connection, body: Mapping[str, Any]) -> Connection:
    """The connection with what is in the fields."""
    if body["kind"] != ENDPOINT:
        return replace(connection, endpoint="")
    product = Product(
        str(body["answer"]), str(body["method"]), **{n: str(body[f"path_{n}"]) for n in _PATHS}
    )
    return replace(connection, endpoint=product.written(), extra_body="")


def words(connection: Connection) -> str:
    """How it is called, for people; empty where models are behind it."""
    product = connection.product
    return "" if product is None else f"{product.method}, the answer at {product.answer}"
