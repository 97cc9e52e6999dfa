"""What a release would put into its cluster: a Release resource enters, its objects leave, made by helm right here.

No cluster is asked and no secret leaves this process: helm gets a mask in place of each, and a word in place of what
isn't known yet. In what it makes, the secrets stand again in place of their masks: rules judge them, as an image's name
or a setting can be marked secret too. OutsideError with helm's own words if the chart can't be rendered.
"""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from simpul.errors import OutsideError, Problem
from simpul.policy.subject import UNKNOWN, Manifest, Namespace, Resource, has_unknown
from simpul.provider import chart, child, helm

UNKNOWN_YET: Final = "unknown-yet"
_MASK: Final = re.compile(r"masked\d{4,}")
_SECONDS: Final = 60


def render(release: Resource) -> tuple[Manifest, ...]:
    """Give the objects of `release`; none while its chart or place isn't known, or helm fails for what isn't known."""
    place = [release.get(name) for name in ("chart", "cluster", "name", "namespace")]
    if any(not isinstance(each, str) for each in place):
        return ()
    source, cluster, name, namespace = place
    masks = Masks(release.secrets)
    values = masks.on(release.get("values") or {})
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
        Manifest(
            cluster,
            name,
            (made.get("metadata") or {}).get("namespace") or namespace,
            masks.off(made),
            release.frame,
            release.secrets,
        )
        for made in yaml.load_all(done.out, yaml.CSafeLoader)
        if made
    )


def namespaces(manifests: Iterable[Manifest]) -> list[Namespace]:
    """Put `manifests` together by cluster and namespace."""
    together: dict[tuple[str, str], list[Manifest]] = defaultdict(list)
    for manifest in manifests:
        together[manifest.cluster, manifest.namespace].append(manifest)
    return [
        Namespace(cluster, namespace, tuple(listed), listed[0].frame, frozenset().union(*(m.secrets for m in listed)))
        for (cluster, namespace), listed in together.items()
    ]


def is_possible() -> bool:
    """Tell whether there is a helm."""
    try:
        return Path(helm.program()).exists()
    except OutsideError:
        return False


class Masks:
    """A mask for each secret: on, before helm sees it, and off, before rules judge what helm made."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Make a mask for each of `secrets`, of letters and digits alone, as a chart may want."""
        self._masks = {secret: f"masked{at:04}" for at, secret in enumerate(sorted(secrets))}
        self._secrets = {mask: secret for secret, mask in self._masks.items()}

    def on(self, value: Any) -> Any:
        """Give `value` with a mask for each text that is a secret, and a word for what isn't known yet."""
        if value is UNKNOWN:
            return UNKNOWN_YET
        return _each_text(value, lambda text: self._masks.get(text, text), self.on)

    def off(self, value: Any) -> Any:
        """Give `value` with the secrets in place of their masks, within longer texts too."""
        return _each_text(
            value, lambda text: _MASK.sub(lambda mask: self._secrets.get(mask[0], mask[0]), text), self.off
        )


def _each_text(value: Any, change: Callable[[str], str], below: Callable[[Any], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: below(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [below(inner) for inner in value]
    return change(value) if isinstance(value, str) else value
