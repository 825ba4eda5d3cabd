"""Which patterns of real counts can the model make, and what do those say of its numbers: a detector of misfit."""
