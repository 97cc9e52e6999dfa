"""A site's backups as the city's bucket has them, asked for from here: the site itself may be out of reach, or gone.

In: an entry of the stack's output `backups`. Out: a Backup for each that is whole. What a record is called is said in
playbooks/roles/backup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from simpul.errors import OutsideError

FORM: Final = "%Y%m%dT%H%M%SZ"
"""Moments in records' names."""
RECORD: Final = re.compile(r"(?P<moment>\d{8}T\d{6}Z)\.\d{8}T\d{6}Z\.[0-9a-f]+\.json")


@dataclass(frozen=True, order=True)
class Backup:
    """A backup of a host: when it was begun. Its moment, written as `name`, is how a restore asks for it."""

    begun: datetime
    host: str

    @property
    def name(self) -> str:
        """Give the moment as a host's own program takes it."""
        return self.begun.strftime(FORM)


def sent(output: Mapping[str, Any], *, seconds: int = 20) -> tuple[Backup, ...]:
    """List the backups of a site's hosts that the bucket has, the oldest first.

    Raises OutsideError where the bucket can't be reached within some `seconds`, or refuses.
    """
    client = _client(output, seconds)
    try:
        pages = client.get_paginator("list_objects_v2")
        found = [
            each["Key"]
            for host in output["hosts"]
            for page in pages.paginate(Bucket=output["bucket"], Prefix=f"{output['folder']}{host}/record/")
            for each in page.get("Contents", ())
        ]
    except (BotoCoreError, ClientError) as error:
        raise OutsideError.at(
            f"site {output['site']}",
            f"its backups in the bucket {output['bucket']} can't be listed",
            str(error),
            "see that this machine reaches the bucket, and that keys_end isn't over",
        ) from None
    finally:
        client.close()
    return tuple(sorted(backup for backup in map(_read, found) if backup))


def _client(output: Mapping[str, Any], seconds: int) -> Any:
    # The vendor speaks S3 without the checksums that came last.
    ask = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
    patience = {"connect_timeout": seconds, "read_timeout": seconds, "retries": {"max_attempts": 1}}
    return boto3.session.Session().client(
        "s3",
        endpoint_url=output["endpoint"],
        region_name=output["region"],
        aws_access_key_id=output["access_key_id"],
        aws_secret_access_key=output["access_key_secret"],
        config=Config(**ask, **patience, s3={"addressing_style": "auto"}),
    )


def _read(key: str) -> Backup | None:
    *_, host, _, name = key.split("/")
    record = RECORD.fullmatch(name)
    return Backup(datetime.strptime(record["moment"], FORM).replace(tzinfo=UTC), host) if record else None
