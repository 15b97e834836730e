"""The command line ``ecr-public-pull``."""
