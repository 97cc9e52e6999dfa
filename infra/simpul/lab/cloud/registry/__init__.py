"""The image registries that stand behind ACR.

`backing` is what the cloud asks for, `distribution` makes it of Debian's docker-registry, and `gate` stands in front of
each: it knows who may pull and push what, which the program behind it doesn't.
"""
