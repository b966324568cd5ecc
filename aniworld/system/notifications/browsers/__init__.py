"""Browsers that are told by web push: each is of a user, and of the login it was set up with."""
