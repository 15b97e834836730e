"""What the CDK tells of CodeBuild projects, what they need, and what is changed in them."""
