"""`ceasefire validate`: compares the model with data, and states how far the data themselves are uncertain."""
