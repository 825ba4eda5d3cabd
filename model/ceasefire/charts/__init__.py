"""Where charts are drawn: one file for each kind of figure, named as its analysis is."""
