"""Does the program compute the model, is the model like the world, how fast is it? Nothing is loaded here."""
