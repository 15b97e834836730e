"""What comes of a word with variables, quotes and escapes, each character with its origin."""
