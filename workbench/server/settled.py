"""When garbage is looked for while the server runs, and among what.

Streamlit has the collector look at every object after each drawing of a page. It holds all threads
meanwhile: for a tenth of a second and more with what the libraries of our pages and fifty sessions
hold, in which nothing is answered and no run goes on; with fifty tabs that was a third of all that
the server did (`runner.postScriptGC`, off here). Python looks by itself where much is new, and
this does once in a while, so that what a closed session held is let go of.
"""

import gc
import sys

_LOOKS = 30
"""After so many looks (a second each) garbage is collected, whatever happened."""
_ENDED_LOOKS = 10
"""How many looks lie between two because sessions ended: each holds all threads for 0.2 s, and
where people come and go one ends every second."""


class Settling:
    """Takes what is loaded out of the collector's sight, whenever the pages have loaded more."""

    def __init__(self) -> None:
        self._seen = self._set_aside = self._ended = self._looks = 0

    def look(self, ended: int = 0) -> bool:
        """Set aside what is there where modules were loaded since, but none since the last look:
        while a page is still importing, more is to come. So it is where sessions `ended` since (so
        many by now): what was set aside with them is let go of. Whether it was done."""
        loaded, self._seen, before = len(sys.modules), len(sys.modules), self._seen
        self._looks += 1
        are_gone = ended != self._ended and self._looks >= _ENDED_LOOKS
        if loaded != before or (loaded <= self._set_aside and not are_gone):
            if self._looks >= _LOOKS:
                gc.collect()
                self._looks = 0
            return False
        self._ended, self._looks = ended, 0
        # What was set aside before is looked at once more: of it, too, some is garbage by now.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._set_aside = loaded
        return True
