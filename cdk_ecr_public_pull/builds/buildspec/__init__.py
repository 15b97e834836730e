"""Buildspecs as plain data: read, merged with the login, and looked at for images."""
