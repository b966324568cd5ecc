"""Every address that changes something writes who did it into the journal.

A new address fails here until it is in ``ACTS``, with what it is asked and what it journals, or in
``NO_ACT`` with the reason why there is nothing to journal.
"""

from __future__ import annotations
