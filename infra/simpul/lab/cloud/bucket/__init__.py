"""The S3 server that stands behind OSS.

`backing` is what the cloud asks for, `versity` makes it of versitygw. `policy` says in S3's words what the vendor's
policies say, `grant` gathers who may do what.
"""
