"""Whether anything may be fetched now, how fast, and when that changes: quiet hours and budgets.

``decision`` is plain code without a database, the only place where that is decided; ``reading``
brings it the facts. The worker asks it, and so do page and API.
"""
