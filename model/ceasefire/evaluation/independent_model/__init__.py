"""The model once more as ordinary Mesa, sharing no line of its rules. Nothing is loaded here."""
