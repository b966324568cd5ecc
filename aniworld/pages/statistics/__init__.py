"""Statistics: how the library grew, what was downloaded, how sites answered, what there is.

``periods`` are the days that are looked at, in steps; ``reading`` brings what is kept of them with
a fixed number of queries; ``drawing`` makes shapes of numbers, and page and API show the same.
"""
