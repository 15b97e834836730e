"""The command line ``ecr-public-pull``.

What is imported decides how fast it starts, so modules that one command needs, or one
way of ending, are imported where they are needed.
"""
