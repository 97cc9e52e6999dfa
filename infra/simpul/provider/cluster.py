"""A Kubernetes cluster through its kubeconfig.

In goes a kubeconfig as text, of the form that simpul.kubeconfig writes and of no other; out come its identity (server
and authority, without credentials, which rotate) and a client. Raises `Unreachable` when nothing answers,
`OutsideError` when the cluster answers and refuses.
"""

# ruff: noqa: PLC0415 the kubernetes package takes a second to import, which only those pay who need it

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.request import getproxies_environment

from simpul import kubeconfig
from simpul.errors import OutsideError, Problem
from simpul.provider import scratch

_TIMEOUT: Final = 10
_BROKEN_OFF: Final = "EOF"  # OpenSSL's word for a line that was cut before both sides knew each other
_GONE_SECONDS: Final = 120
_MANAGED: Final = {"app.kubernetes.io/managed-by": "simpul"}
_RESTRICTED: Final = {"pod-security.kubernetes.io/enforce": "restricted"}
_MISSING: Final = 404
AGAIN: Final = "once it answers from this machine (docs/run-a-city.md, The first day, has the ways to it): pulumi up"
IMAGES: Final = "simpul-images"
"""The secret by which a namespace's pods pull their images."""
_EXISTS: Final = 409


class Unreachable(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """Nothing answers at the cluster's address."""


def identity(text: str) -> tuple[str, str] | None:
    """Return the server and its authority's digest, None when `text` isn't a kubeconfig as we write them."""
    found = kubeconfig.find(text)
    if found is None:
        return None
    return found.server, hashlib.sha256(base64.b64decode(found.credential.authority)).hexdigest()


class Cluster:
    """A cluster that has answered."""

    def __init__(self, name: str, client: Any, kubeconfig: Path) -> None:
        """Speak through the kubernetes package's `client`; `kubeconfig` is the file for other programs."""
        self.name = name
        self.client = client
        self.kubeconfig = kubeconfig

    def ensure_namespace(self, name: str) -> bool:
        """Make the namespace `name`, with the strictest pod security, unless it is there; return whether it wasn't."""
        from kubernetes.client import CoreV1Api, V1Namespace, V1ObjectMeta
        from kubernetes.client.exceptions import ApiException

        wanted = V1Namespace(metadata=V1ObjectMeta(name=name, labels={**_MANAGED, **_RESTRICTED}))
        try:
            CoreV1Api(self.client).create_namespace(wanted, _request_timeout=_TIMEOUT)
        except ApiException as error:
            if error.status == _EXISTS:
                return False
            problem = Problem(f"namespace {name} in {self.name}", "can't be made", str(error.reason))
            raise OutsideError(problem) from error
        return True

    def put_images(self, namespace: str, *, registry: str, username: str, password: str) -> None:
        """Let the pods of `namespace` pull from `registry`: make the secret that says how, or bring it in line."""
        from kubernetes.client import CoreV1Api, V1ObjectMeta, V1Secret
        from kubernetes.client.exceptions import ApiException

        pair = base64.b64encode(f"{username}:{password}".encode()).decode()
        entry = {"username": username, "password": password, "auth": pair}
        wanted = V1Secret(
            metadata=V1ObjectMeta(name=IMAGES, labels=_MANAGED),
            type="kubernetes.io/dockerconfigjson",
            string_data={".dockerconfigjson": json.dumps({"auths": {registry: entry}})},
        )
        core = CoreV1Api(self.client)
        try:
            try:
                core.create_namespaced_secret(namespace, wanted, _request_timeout=_TIMEOUT)
            except ApiException as error:
                if error.status != _EXISTS:
                    raise
                core.patch_namespaced_secret(IMAGES, namespace, wanted, _request_timeout=_TIMEOUT)
        except ApiException as error:
            what = "can't be made, so no pod here could pull its image"
            where = f"secret {namespace}/{IMAGES} in {self.name}"
            raise OutsideError(Problem(where, what, str(error.reason), "pulumi up")) from None

    def drop_images(self, namespace: str) -> None:
        """Let the pods of `namespace` pull by no secret any more; one that isn't there is no error."""
        from kubernetes.client import CoreV1Api
        from kubernetes.client.exceptions import ApiException

        try:
            CoreV1Api(self.client).delete_namespaced_secret(IMAGES, namespace, _request_timeout=_TIMEOUT)
        except ApiException as error:
            if error.status != _MISSING:
                where = f"secret {namespace}/{IMAGES} in {self.name}"
                raise OutsideError(Problem(where, "can't be removed", str(error.reason), "pulumi up")) from None

    def claims(self, namespace: str) -> list[str]:
        """Return the names of the claims to volumes in `namespace`, but for those that are on their way out."""
        from kubernetes.client import CoreV1Api
        from kubernetes.client.exceptions import ApiException

        core = CoreV1Api(self.client)
        try:
            found = core.list_namespaced_persistent_volume_claim(namespace, _request_timeout=_TIMEOUT).items
        except ApiException as error:
            problem = Problem(f"namespace {namespace} in {self.name}", "doesn't tell its volumes", str(error.reason))
            raise OutsideError(problem) from error
        return [claim.metadata.name for claim in found if claim.metadata.deletion_timestamp is None]

    def remove_namespace(self, name: str, *, stop: threading.Event) -> None:
        """Remove the namespace `name` if it is one that Simpul made, and wait until it is gone, or for `stop`."""
        from kubernetes.client import CoreV1Api
        from kubernetes.client.exceptions import ApiException

        core = CoreV1Api(self.client)
        try:
            labels = core.read_namespace(name, _request_timeout=_TIMEOUT).metadata.labels or {}
            if not _MANAGED.items() <= labels.items():
                return
            core.delete_namespace(name, _request_timeout=_TIMEOUT)
            # What comes next may want the same name, and can't have it while this one is on its way out.
            for _ in range(_GONE_SECONDS):
                core.read_namespace(name, _request_timeout=_TIMEOUT)
                if stop.wait(1):
                    return
        except ApiException as error:
            if error.status != _MISSING:
                raise OutsideError(
                    Problem(f"namespace {name} in {self.name}", "can't be removed", str(error.reason))
                ) from error


@contextmanager
def connect(name: str, text: str) -> Iterator[Cluster]:
    """Reach the cluster `name` by the kubeconfig `text` for as long as the block runs.

    Its credentials are in private files only. Raises OutsideError for a kubeconfig that isn't as we write them.
    """
    # Half a second that only those pay who speak to a cluster.
    from kubernetes.client import VersionApi
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    where = f"cluster {name}"
    found = kubeconfig.read(text, where)
    with scratch.folder() as folder:
        file = scratch.write(folder / "kubeconfig", found.text())
        client = make_client(found, folder)
        address = client.configuration.host
        try:
            VersionApi(client).get_code(_request_timeout=_TIMEOUT)
        except ApiException as error:
            if not error.status and _BROKEN_OFF in str(error.reason):
                raise _unreachable(where, f"can't be reached at {address}", error) from error
            what = f"{address} refuses our credentials" if error.status in (401, 403) else f"{address} doesn't serve"
            raise OutsideError(Problem(where, what, f"{error.status} {error.reason}", "pulumi refresh")) from error
        except HTTPError as error:
            raise _unreachable(where, f"can't be reached at {address}", error) from error
        with client:
            try:
                yield Cluster(name, client, file)
            except HTTPError as error:
                raise _unreachable(where, f"answers no more at {address}", error) from error


@contextmanager
def answering(where: str) -> Iterator[None]:
    """Turn a cluster's refusal of what is asked about `where` into an `OutsideError`."""
    from kubernetes.client.exceptions import ApiException

    try:
        yield
    except ApiException as error:
        what = "can't be looked after, as its cluster refuses a request"
        raise OutsideError(Problem(where, what, f"{error.status} {error.reason}", "pulumi up")) from error


def make_client(found: kubeconfig.Kubeconfig, folder: Path) -> Any:
    """Make a client of the API that `found` leads to; `folder`, a private one, is where its certificates are read.

    It asks once: what is out of reach stays so for longer than its retries take.
    """
    from kubernetes.client import ApiClient, Configuration

    configuration = Configuration(host=found.server)
    configuration.retries = False
    # The package takes HTTP_PROXY too, and forgets NO_PROXY; this is what helm does.
    proxies = getproxies_environment()
    configuration.proxy, configuration.no_proxy = proxies.get("https"), proxies.get("no")
    configuration.tls_server_name = found.called or None
    texts = {"ssl_ca_cert": "authority", "cert_file": "certificate", "key_file": "key"}
    for setting, part in texts.items():
        pem = base64.b64decode(getattr(found.credential, part)).decode()
        setattr(configuration, setting, str(scratch.write(folder / f"{part}.pem", pem)))
    return ApiClient(configuration)


def _unreachable(where: str, what: str, error: Exception) -> Unreachable:
    return Unreachable(Problem(where, what, _words(error), AGAIN))


def _unfold(content: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Put certificates and keys into files of `folder`; the package would put them where they stay behind."""
    for index, entry in enumerate([*content["clusters"], *content["users"]]):
        part = entry.get("cluster") or entry.get("user") or {}
        for name in [name for name in part if name.endswith("-data")]:
            bare = name.removesuffix("-data")
            pem = base64.b64decode(part.pop(name)).decode()
            part[bare] = str(scratch.write(folder / f"{index}-{bare}", pem))
    return content


def _words(error: Exception) -> str:
    """Return the innermost reason of a failed request, which says what it was."""
    inner = getattr(error, "reason", None)
    if isinstance(inner, Exception):
        return _words(inner)
    if isinstance(inner, str):
        return inner
    return str(error.args[-1] if error.args else error)
