"""A shop that was written without cdk_ecr_public_pull, and the lines that move it.

Take the lines under "Move" away, and ``cdk synth`` refuses the app.
"""

from __future__ import annotations

from aws_cdk import App, PropertyInjectors, Validations
from shop import add_shop

from cdk_ecr_public_pull import DockerHubPulls, EcrPublicBuildContexts, EcrPublicPull

app = App()

# Refuse: synth fails while anything still pulls from Docker Hub.
Validations.of(app).add_plugins(DockerHubPulls())

# Move: every image asset, and every CodeBuild project.
PropertyInjectors.of(app).add(EcrPublicBuildContexts())
EcrPublicPull().add_to(app)

add_shop(app)

app.synth()
