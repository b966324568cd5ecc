"""How the library is listed: by which filters, in which order, with which columns.

Pages and API take it from here, and the views that a user keeps by name.
"""
