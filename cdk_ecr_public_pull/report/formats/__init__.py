"""The forms in which findings are shown; each is a module, imported when it is asked for."""
