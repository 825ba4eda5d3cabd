"""Data files of users: which text files are read, what a cell means, rows with every fault by line and column."""
