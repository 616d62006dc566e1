"""Whether this process has reached a server yet: what can wait until then is loaded meanwhile."""

import threading

first = threading.Event()
"""Set when the first connection is open, and from then on."""
