"""What the commands of a shell script are, and what those of docker pull."""
