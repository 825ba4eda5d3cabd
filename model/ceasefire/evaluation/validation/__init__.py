"""Is the model like the world? Checks against data that did not shape it, and the data's own doubts."""
