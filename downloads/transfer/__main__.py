"""``python -m downloads.transfer``: a job on standard input, messages on standard output."""

import os

from downloads.transfer.child import main

if __name__ == "__main__":
    # What is fetched is on the disk and what is to be said has been said: taking the interpreter
    # down in order would only keep the worker waiting.
    os._exit(main())
