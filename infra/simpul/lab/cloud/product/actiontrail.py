"""ActionTrail: trails that deliver the account's calls to a log project or a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from simpul.lab.cloud import region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.log import PROJECT
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Needed, Sole

BUCKET: Final = "alicloud:oss/bucket:Bucket"
ROLE: Final = "role/aliyunserviceroleforactiontrail"
"""The role by which the vendor's service writes where no other is named."""


class Trail(Kind):
    """A trail."""

    token = "alicloud:actiontrail/trail:Trail"  # noqa: S105 not a password
    parts = ("trailName",)
    references = (Reference("ossBucketName", BUCKET, "BucketDoesNotExistException", "", by="bucket"),)
    stable: ClassVar[Mapping[str, Any]] = {"status": "Enable", "eventRw": "Write", "trailRegion": "All"}
    rules = (
        Form("trailName", r"[A-Za-z][\w-]{5,35}", "InvalidTrailNameException"),
        Sole(("trailName",), "TrailAlreadyExistsException"),
        Needed(("ossBucketName", "slsProjectArn", "maxComputeProjectArn"), "InvalidDeliverySettingException"),
    )

    def examine(self, order: Order) -> None:
        """Refuse a log project that isn't there."""
        arn = order.inputs.get("slsProjectArn")
        projects = [each.outputs["projectName"] for each in order.estate.store.all(PROJECT)]
        if arn and arn not in {project_arn(order.estate.region, each) for each in projects}:
            raise Refusal("SlsProjectDoesNotExistException", f"The specified log project {arn} does not exist.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its name, and the roles by which it writes."""
        role = f"acs:ram::{region.ACCOUNT}:{ROLE}"
        roles = {"ossWriteRoleArn": "ossBucketName", "slsWriteRoleArn": "slsProjectArn"}
        given = order.inputs
        written = {name: given.get(name, role if given.get(target) else "") for name, target in roles.items()}
        return {"trailName": identity, "name": identity, **written}


def project_arn(place: str, project: str) -> str:
    """Give the name of a log project in policies."""
    return f"acs:log:{place}:{region.ACCOUNT}:project/{project}"
