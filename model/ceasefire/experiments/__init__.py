"""Running worlds and keeping what they say."""
