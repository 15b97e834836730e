"""A mixin that can tell the CDK's call from that of somebody who names a construct."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

import jsii

if TYPE_CHECKING:
    from constructs import IConstruct


class MixinOfCdk(Protocol):
    """The interface ``IMixin`` of the CDK, with ``applyTo`` under another name in Python.

    jsii makes a Python object's methods known by the names that they have in the interfaces
    of its class. Under those of ``IMixin``, what the CDK does with all projects would be the
    same call as ``apply_to`` with one project: yet the former must not fail the app for one
    that cannot be helped, and the latter must not pass over what was named.

    A class that implements this has an ``apply_to`` as well, which type checkers ask of an
    ``IMixin``.
    """

    __jsii_type__: ClassVar[str] = "constructs.IMixin"

    @jsii.member(jsii_name="supports")
    def supports(self, construct: IConstruct) -> bool:
        """Say whether the mixin is to be applied to a construct.

        Args:
            construct: Any construct.
        """
        ...

    @jsii.member(jsii_name="applyTo")
    def apply_as_mixin(self, construct: IConstruct) -> None:
        """Apply the mixin to a construct that it supports.

        Args:
            construct: The construct.
        """
        ...
