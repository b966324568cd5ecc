"""Streams of the HLS kind (RFC 8216): playlists, pieces, keys; from them the feeds of a file."""
