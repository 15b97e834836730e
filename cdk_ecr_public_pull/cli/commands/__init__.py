"""The commands: each is a module with ``run``, and is imported when it is called."""
