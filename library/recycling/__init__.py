"""The recycle bin: what is deleted or replaced stays on its own disk for some days.

``delete`` and ``restore`` are the owner's acts, ``replacing`` is what downloads call,
``emptying`` ends it. Each row of ``BinnedFile`` is written before the first file moves; what a
process that died has left half done is put right by ``recover``.
"""
