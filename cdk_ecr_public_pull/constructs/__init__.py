"""The CDK constructs; of the package, only this folder imports ``aws_cdk``."""
