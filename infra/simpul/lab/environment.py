"""What a shell needs so that plain `pulumi`, `helm` and `simpul` commands work on the lab.

In: the lab's state. Out: environment variables.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from simpul.errors import CityError, UsageError
from simpul.lab.place import STATE
from simpul.lab.toolchain import folders

STACK = "lab"
BACKEND = STATE / "pulumi"
PASSPHRASE = STATE / "passphrase"
KEY = STATE / "ssh" / "id_ed25519"
KUBECONFIGS = STATE / "kubeconfig"
CLOUD_PORT = STATE / "cloud" / "port"
CLOUD_AUTHORITY = STATE / "cloud" / "authority" / "ca.pem"


def variables() -> dict[str, str]:
    """Give the variables of the running lab.

    Raises CityError when no lab is up, UsageError when it is another user's.
    """
    try:
        port = CLOUD_PORT.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        raise CityError.at("lab", "isn't up", f"no {CLOUD_PORT}", "simpul lab up") from None
    except PermissionError:
        raise UsageError.at("lab", "is root's alone", f"uid {os.geteuid()}", "become root: sudo -s") from None
    return {
        "PATH": os.pathsep.join(map(str, [*tools(), os.environ.get("PATH", os.defpath)])),
        # Else each file has one of attributes beside it, which an engine that is killed may leave empty: unreadable.
        "PULUMI_BACKEND_URL": f"file://{BACKEND}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(PASSPHRASE),
        "PULUMI_HOME": str(STATE / "home"),
        "PULUMI_STACK": STACK,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_PROVIDERS": f"alicloud:{port}",
        # Else the engine wants the vendor's plugin too, of which the state tells, at the beginning of each command.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "ANSIBLE_PRIVATE_KEY_FILE": str(KEY),
        "SIMPUL_KUBECONFIGS": str(KUBECONFIGS),
        # Else helm and kubectl keep what they know of the lab's clusters in the user's home.
        "KUBECACHEDIR": str(STATE / "kubecache"),
        # By these, psql and S3 clients trust what stands behind the cloud's databases and buckets.
        "PGSSLROOTCERT": str(CLOUD_AUTHORITY),
        "AWS_CA_BUNDLE": str(CLOUD_AUTHORITY),
    }


def tools() -> list[Path]:
    """Give the folders of the project's programs: the environment's own, and what was built."""
    return [Path(sys.executable).parent, *folders()]


def shell() -> str:
    """Give the variables as lines that a shell evaluates."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables().items())
