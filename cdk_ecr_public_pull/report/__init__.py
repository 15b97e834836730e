"""What is said about a file of any kind: rules, findings, places, and how they are shown."""
