"""Backups of everything the database and the configuration hold, and the way back to one.

A backup is one file: a ZIP with a manifest, the rows as an SQLite database, whichever database they
are from, and the settings (docs/backups.md describes it, docs/adr/0013 says why).
"""
