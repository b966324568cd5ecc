"""Aniworld as an app of the device: its manifest, its service worker, its page for when the server
cannot be reached. All three are open to everybody and hold nothing of anybody.
"""
