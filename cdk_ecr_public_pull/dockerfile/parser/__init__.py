"""From bytes to instructions: directives, lines, continuations, flags and arguments."""
