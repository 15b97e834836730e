"""The tests of the login and of the merge into buildspecs."""
