"""The HTML of the sample catalogue and its hosters, with the traps of the real pages."""
