"""Descriptions and posters beside the series, for media servers: ``tvshow.nfo``, an ``.nfo`` beside
each episode and ``poster.jpg``. Only what Aniworld wrote itself is ever written over or taken away.
"""
