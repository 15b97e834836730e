"""Which bytes must change to move a pull, and the proof that nothing else does."""
