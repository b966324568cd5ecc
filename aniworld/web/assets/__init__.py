"""Style sheets, scripts and icons: made ready for browsers, and served.

Why so: docs/adr/0030-weight-of-pages.md.
"""
