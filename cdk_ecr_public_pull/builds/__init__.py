"""What a CodeBuild build must do to pull from Amazon ECR Public: plain data and shell.

``login`` and ``commands`` hold the commands that a build gets, ``buildspec`` merges
them into a buildspec. Nothing here knows the CDK.
"""
