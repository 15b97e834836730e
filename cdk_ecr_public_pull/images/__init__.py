"""Image names: what they mean, and where their copies are."""
