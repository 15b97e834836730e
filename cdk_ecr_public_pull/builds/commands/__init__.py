"""The commands that are put into a build, and what they say there."""
