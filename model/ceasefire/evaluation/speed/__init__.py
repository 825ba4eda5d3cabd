"""`ceasefire bench`: the speed of the engine beside that of the independent model in ordinary Mesa.

This file imports nothing, so that a measured process loads only what it uses.
"""
