"""What the jobs do. Each function runs in a process of its own, which may be killed at any moment.

A function takes a ``running.Running`` and returns what there is to say of its run, as a code with
its sentence in ``texts``. What it raises is why it failed; ``Skipped`` says why there was nothing
to do now.
"""
