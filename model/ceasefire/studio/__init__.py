"""The studio: the whole tool in a browser, on this machine. Its server, its page, and what they say to each other."""
