"""What is fetched by itself: of which series, in which language, and when.

``decisions`` is plain code without a database; ``reading`` brings it the facts; ``plan`` is what
would be done now, and ``carrying`` does exactly that.
"""
