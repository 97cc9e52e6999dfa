"""What the cloud says when it won't: the vendor's code and a sentence."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 it is an answer of the cloud, as any other
    """The cloud refuses a call. `code` is the vendor's, `message` says why."""

    def __init__(self, code: str, message: str) -> None:
        """Carry the vendor's code and the sentence."""
        self.code = code
        self.message = message
        super().__init__(f"SDKError: Code: {code} Message: {message}")
