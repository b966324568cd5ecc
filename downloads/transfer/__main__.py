"""``python -m downloads.transfer``: a job on standard input, messages on standard output."""

import sys

from downloads.transfer.child import main

if __name__ == "__main__":
    sys.exit(main())
