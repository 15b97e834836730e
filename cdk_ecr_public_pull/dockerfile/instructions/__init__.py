"""What one instruction means for the images of a build, and whether BuildKit accepts it."""
