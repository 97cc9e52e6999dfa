"""What a registry has, and how one logs in to it: by the registry protocol, over HTTPS but for the lab's.

In: a registry's host, a repository, a tag, a login. Out: whether it is there; the file by which buildah logs in. A
login is never an argument of a program, nor sent to anybody but the registry and whom it names over the same protocol.
"""

from __future__ import annotations

import base64
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from simpul.errors import OutsideError, SimpulError

MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
SECONDS = 10
PART = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Login:
    """Who pushes and pulls."""

    username: str
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """Return name and password as HTTP has them."""
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class Remote:
    """A registry: its host, whether it is spoken to without TLS, and who speaks."""

    host: str
    plain: bool = False
    login: Login | None = None

    @property
    def scheme(self) -> str:
        """Return the scheme of its URLs."""
        return "http" if self.plain else "https"

    def has(self, repository: str, tag: str) -> bool:
        """Say whether the `repository` has an image of that `tag`. OutsideError where it doesn't say."""
        url = f"{self.scheme}://{self.host}/v2/{repository}/manifests/{tag}"
        headers = {"Accept": ", ".join(MANIFESTS)}
        status, asked = self._ask(url, headers)
        if status == HTTPStatus.UNAUTHORIZED:
            if self.login is None:
                return False  # buildah's own login may be let in, and says what is wrong if it isn't
            headers["Authorization"] = self._answer(asked, self.login)
            status, _ = self._ask(url, headers)
        if status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            return status == HTTPStatus.OK
        then = "see that the stack's login is the registry's: pulumi stack output image_registry --show-secrets"
        raise OutsideError.at(self.host, "refuses to say what it has", str(status), then)

    def authfile(self, folder: Path) -> Path | None:
        """Write the login into a file of `folder` that is its owner's alone, as buildah reads it; None without one."""
        if self.login is None:
            return None
        file = folder / "auth.json"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            json.dump({"auths": {self.host: {"auth": self.login.basic}}}, opened)
        return file

    def _answer(self, challenge: str, login: Login) -> str:
        """Answer what the registry asks for: the login itself, or a token from where it says that they are given."""
        kind, _, rest = challenge.partition(" ")
        if kind.lower() != "bearer":
            return f"Basic {login.basic}"
        said = dict(PART.findall(rest))
        if urlsplit(said.get("realm", "")).scheme != self.scheme:
            raise OutsideError.at(self.host, "asks for a login elsewhere than over its own protocol", challenge)
        query = urlencode({name: said[name] for name in ("service", "scope") if name in said})
        told = self._fetch(f"{said['realm']}?{query}", {"Authorization": f"Basic {login.basic}"})
        return f"Bearer {told.get('token') or told.get('access_token')}"

    def _fetch(self, url: str, headers: Mapping[str, str]) -> Any:
        request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310 the scheme is the registry's own
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 as above
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise OutsideError.at(self.host, "doesn't take the login", str(error)) from None
        except OSError as error:
            raise self._silent(error) from None

    def _ask(self, url: str, headers: Mapping[str, str]) -> tuple[int, str]:
        """Ask whether something is there; return the status, and what the registry asks for."""
        request = urllib.request.Request(url, headers=dict(headers), method="HEAD")  # noqa: S310 http or https, fixed
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 as above
                return answer.status, ""
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("WWW-Authenticate", "")
        except OSError as error:
            raise self._silent(error) from None

    def _silent(self, error: OSError) -> SimpulError:
        then = (
            "simpul lab up starts it"
            if self.plain
            else "ask from an office with a link.gateway, or from a range in city.cloud.api.allow: no other is let in"
        )
        return OutsideError.at(self.host, "the registry doesn't answer", got=str(error), next=then)
