"""What a release would put into its cluster: a Release resource enters, its objects leave, made by helm right here.

No cluster is asked and no secret leaves this process: helm gets a mask in place of each, and a word in place of what
isn't known yet. OutsideError with helm's own words if the chart can't be rendered.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from simpul.errors import OutsideError, Problem
from simpul.policy.subject import UNKNOWN, Manifest, Namespace, Resource, has_unknown
from simpul.provider import chart, child, helm

MASK: Final = "masked"
UNKNOWN_YET: Final = "unknown-yet"
_SECONDS: Final = 60


def render(release: Resource) -> tuple[Manifest, ...]:
    """Give the objects of `release`; none while its chart or place isn't known, or helm fails for what isn't known."""
    place = [release.get(name) for name in ("chart", "cluster", "name", "namespace")]
    if any(not isinstance(each, str) for each in place):
        return ()
    source, cluster, name, namespace = place
    values = _masked(release.get("values") or {}, release.secrets)
    done = child.run(
        [
            *(helm.program(), "template", name, str(chart.folder(source)), "--namespace", namespace),
            # The schema is held against the values by the provider; a mask would fit none of its patterns.
            *("--skip-schema-validation", "--values", "-"),
        ],
        stop=threading.Event(),
        timeout=_SECONDS,
        stdin=json.dumps(values),
    )
    if done.code:
        if has_unknown(release.get("values")):
            return ()
        raise OutsideError(Problem(f"release {namespace}/{name} in {cluster}", helm.words(done.err), source))
    return tuple(
        Manifest(cluster, name, (made.get("metadata") or {}).get("namespace") or namespace, made, release.frame)
        for made in yaml.load_all(done.out, yaml.CSafeLoader)
        if made
    )


def namespaces(manifests: Iterable[Manifest]) -> list[Namespace]:
    """Put `manifests` together by cluster and namespace."""
    together: dict[tuple[str, str], list[Manifest]] = defaultdict(list)
    for manifest in manifests:
        together[manifest.cluster, manifest.namespace].append(manifest)
    return [
        Namespace(cluster, namespace, tuple(listed), listed[0].frame)
        for (cluster, namespace), listed in together.items()
    ]


def is_possible() -> bool:
    """Tell whether there is a helm."""
    try:
        return Path(helm.program()).exists()
    except OutsideError:
        return False


def _masked(value: Any, secrets: frozenset[str]) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_YET
    if isinstance(value, Mapping):
        return {key: _masked(inner, secrets) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner, secrets) for inner in value]
    return MASK if isinstance(value, str) and value in secrets else value
