"""Everything that is missing, over the whole library: by series, or by the day it came out.

``reading`` asks the database and ``queueing`` the queue; ``page`` and ``shapes`` are what people
and programs get.
"""
