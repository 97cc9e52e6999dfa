"""The passphrase of a stack: where the environment has it, and whether it opens what Pulumi encrypted with it.

Pulumi writes down, as `encryptionsalt` of the settings and as `salt` of the state, a word that it encrypted by the
passphrase: `v1:SALT:v1:NONCE:CIPHERTEXT`, by AES-256-GCM with a key of PBKDF2 (pkg/secrets/passphrase/manager.go).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from simpul.errors import OutsideError, UsageError
from simpul.safe.content import Content

VARIABLE: Final = "PULUMI_CONFIG_PASSPHRASE"
FILE: Final = "PULUMI_CONFIG_PASSPHRASE_FILE"
_WORD: Final = b"pulumi"
_ROUNDS: Final = 1_000_000


def read(environment: Mapping[str, str] = os.environ) -> str:
    """Read the passphrase as Pulumi does. UsageError where the environment has none, or names a file that isn't."""
    if VARIABLE in environment:
        return environment[VARIABLE]
    if not environment.get(FILE):
        raise UsageError.at("passphrase", f"neither {VARIABLE} nor {FILE} is set", None, f"export {FILE}=FILE")
    try:
        return Path(environment[FILE]).read_text().strip()
    except OSError as error:
        advice = f"export {FILE} as the file with it"
        raise UsageError.at("passphrase", "can't be read", f"{error.filename}: {error.strerror}", advice) from None


def hold(content: Content, where: str) -> None:
    """Hold the passphrase of `content` to its settings and its state. OutsideError, naming `where`, if it opens none.

    Also for a stack whose secrets another keeper than a passphrase encrypts: nothing of it could be opened by this.
    """
    keeper = content.state["deployment"].get("secrets_providers") or {}
    if keeper.get("type") != "passphrase":
        what = "the stack's secrets aren't encrypted by a passphrase, so this file couldn't open them"
        advice = "pulumi stack change-secrets-provider passphrase"
        raise OutsideError.at(where, what, str(keeper.get("type") or "no secrets provider"), advice)
    settings = yaml.safe_load(content.settings) or {}
    salts = {"the state": keeper.get("state", {}).get("salt"), "the settings": settings.get("encryptionsalt")}
    opened: dict[str, bool] = {}
    for part, salt in salts.items():
        if str(salt) not in opened:
            opened[str(salt)] = opens(content.passphrase, str(salt))
        if not opened[str(salt)]:
            advice = f"set {VARIABLE} or {FILE} to the stack's own, and run the same again"
            raise OutsideError.at(where, f"the passphrase doesn't open {part}", None, advice)


def opens(passphrase: str, salt: str) -> bool:
    """Tell whether `passphrase` opens the word that Pulumi encrypted in `salt`."""
    try:
        version, seasoning, inner, nonce, text = salt.split(":")
        key = PBKDF2HMAC(SHA256(), 32, base64.b64decode(seasoning), _ROUNDS).derive(passphrase.encode())
        word = AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(text), None)
    except (ValueError, InvalidTag):
        return False
    return (version, inner, word) == ("v1", "v1", _WORD)
