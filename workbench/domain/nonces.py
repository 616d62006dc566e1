"""What sets another's words apart in a request to a model: drawn anew, so that none can name it."""

import secrets

_BYTES = 16


def nonce() -> str:
    """128 random bits as 32 hexadecimal digits, for one request alone."""
    return secrets.token_hex(_BYTES)
