"""Which files are meant: for the command line and for a CDK app alike."""
