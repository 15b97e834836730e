"""What a CodeBuild build must do to pull from Amazon ECR Public: plain data and shell.

``login`` holds the commands that log a build in, ``buildspec`` merges them into
a buildspec. Nothing here knows the CDK.
"""
