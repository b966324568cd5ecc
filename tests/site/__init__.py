"""The sample world: a catalogue and hosters on loopback that speak the page contract.

Used by the tests (as a process of its own, see ``tests.site.world``) and by ``make demo``.
All series in it are invented; all media are generated.
"""
