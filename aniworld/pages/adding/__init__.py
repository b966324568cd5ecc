"""Taking series into the library, with what is to become of them: as a page and over HTTP."""
