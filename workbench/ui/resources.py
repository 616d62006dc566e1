"""What the app holds open while it runs."""


def open_all() -> None:
    """Open what the pages need. Raises a `WorkbenchError` if that cannot be had."""


def close_all() -> None:
    """Close what `open_all` opened."""
