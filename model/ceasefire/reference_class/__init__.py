"""A population of ceasefires: from the coded features of a deal to scenarios, and how intractable its case is."""
