"""The child process that looks into pictures and documents: memory and time end here.

Run by `confined.run`: the files come through stdin, one after the other. To stdout goes a line of
JSON, what each file is or what is wrong with it, and then the bytes of the pictures' previews.
"""

import io
import json
import logging
import os
import sys
import warnings
from typing import Any, NoReturn

from workbench import confined
from workbench.domain import attachments
from workbench.domain.attachments import JPEG, MOST_PAGES, MOST_PIXELS, MOST_TEXT, PDF, PNG
from workbench.errors import InputError

PREVIEW = 1024
"""The longest side of a preview, in pixels."""
_FORMATS = {PNG: "PNG", JPEG: "JPEG"}
_QUALITY = 85


def main() -> NoReturn:
    """Read stdin, and answer on stdout."""
    order = confined.begin()
    warnings.simplefilter("ignore")
    logging.disable()
    said: list[dict[str, Any]] = []
    previews: list[bytes] = []
    for size in order["sizes"]:
        about, preview = _answered(sys.stdin.buffer.read(size))
        said.append({**about, "preview": len(preview)})
        previews.append(preview)
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n" + b"".join(previews))
    out.flush()
    os._exit(0)


def _answered(data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        return look(data)
    except InputError as error:
        return {"error": error.message, "hint": error.hint}, b""
    except MemoryError:
        return {"error": "Reading it takes too much memory.", "hint": "Make it smaller."}, b""


def look(data: bytes) -> tuple[dict[str, Any], bytes]:
    """What a file is, and a small picture of it where it is one. Raises InputError."""
    media_type = attachments.media_type_of(data)
    if media_type == PDF:
        return {"media_type": media_type, **_document(data)}, b""
    about, preview = _picture(data, media_type)
    return {"media_type": media_type, **about}, preview


def _picture(data: bytes, media_type: str) -> tuple[dict[str, Any], bytes]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    # Its own limit would say less; ours is looked at before a pixel is unpacked.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise InputError(
                    f"The picture has {width:,} × {height:,} pixels, more than "
                    f"{MOST_PIXELS // 1_000_000} million.",
                    "Make it smaller: models shrink pictures to about 2,000 pixels anyway.",
                )
            picture.load()
            small = ImageOps.exif_transpose(picture)
            small.thumbnail((PREVIEW, PREVIEW))
            shown = io.BytesIO()
            _opaque(small).save(shown, "JPEG", quality=_QUALITY)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise _damaged("picture") from error
    except (ValueError, EOFError, IndexError, KeyError, ArithmeticError) as error:
        raise _damaged("picture") from error
    return {"width": width, "height": height}, shown.getvalue()


def _opaque(picture: Any) -> Any:
    """The picture on white where it is see-through, as JPEG wants it."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        white.alpha_composite(seen)
        picture = white
    return picture.convert("RGB")


def _document(data: bytes) -> dict[str, Any]:
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        document = pypdf.PdfReader(io.BytesIO(data))
        if document.is_encrypted:
            raise InputError("The PDF has a password.", "Save it without one.")
        n_pages = len(document.pages)
        if n_pages > MOST_PAGES:
            raise InputError(
                f"The PDF has {n_pages:,} pages, more than {MOST_PAGES}.", "Attach a part of it."
            )
        texts, size = [], 0
        for page in document.pages:
            text = page.extract_text().strip()
            size += len(text.encode("utf-8", "replace"))
            if size > MOST_TEXT:
                raise InputError(
                    f"The PDF has more than {MOST_TEXT // 1024} KiB of text.",
                    "Attach a part of it.",
                )
            texts.append(text)
    except InputError:
        raise
    except RecursionError as error:
        raise _damaged("PDF") from error
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        # A damaged file meets any of these in the library; nothing of ours runs in between.
        raise _damaged("PDF") from error
    except (ArithmeticError, AssertionError, OSError, NotImplementedError, ImportError) as error:
        raise _damaged("PDF") from error
    if not any(texts):
        raise InputError(
            "The PDF holds no text: it may be a scan.", "Attach its pages as pictures (PNG, JPEG)."
        )
    return {"pages": n_pages, "text": _clean("\n\n".join(text for text in texts if text))}


def _clean(text: str) -> str:
    """The text without what no database keeps: zeros and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _damaged(what: str) -> InputError:
    return InputError(f"The {what} is damaged, or of a kind that can't be read.", "Save it anew.")


if __name__ == "__main__":
    main()
