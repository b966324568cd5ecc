"""Giving files that are there the names of the owner's template, and giving them back.

``plan`` says what is to be done with a series, ``order`` in which steps, ``carry`` does one on the
disk, ``write`` in the database, ``run`` all of it as an operation; ``recover`` ends what a process
has left half done. Why so: docs/adr/0015-renaming.md.
"""
