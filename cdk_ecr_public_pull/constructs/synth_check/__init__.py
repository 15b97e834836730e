"""What ``DockerHubPulls`` looks at in a synthesized app, and what it finds."""
