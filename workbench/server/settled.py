"""What was loaded stays, so the collector of garbage need not look at it after every drawing.

Streamlit has the collector look at every object after each drawing of a page, so that memory does
not build up. It holds all threads meanwhile: for a tenth of a second and more, with what the
libraries of our pages hold, in which nothing is answered and no run goes on.
"""

import gc
import sys


class Settling:
    """Takes what is loaded out of the collector's sight, whenever the pages have loaded more."""

    def __init__(self) -> None:
        self._seen = self._set_aside = self._ended = 0

    def look(self, ended: int = 0) -> bool:
        """Set aside what is there where modules were loaded since, but none since the last look:
        while a page is still importing, more is to come. So it is where sessions `ended` since (so
        many by now): what was set aside with them is let go of. Whether it was done."""
        loaded, self._seen, before = len(sys.modules), len(sys.modules), self._seen
        if loaded != before or (loaded <= self._set_aside and ended == self._ended):
            return False
        self._ended = ended
        # What was set aside before is looked at once more: of it, too, some is garbage by now.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._set_aside = loaded
        return True
