"""The web server: Daphne, and before it what strangers may take of a machine."""
