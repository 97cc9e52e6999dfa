"""The lab's cloud: a stand-in for Alibaba Cloud that speaks Pulumi's provider protocol as the plugin `alicloud`.

What enters are the calls of a Pulumi engine; what leaves are answers in the vendor's own form, held to the vendor's
own schema. It is a daemon (`python -m simpul.lab.cloud`) and outlives each run of the engine, as a cloud does.

    schema, limit        the vendor's facts            check, diff      what follows from them
    store                what the cloud holds          estate           create, read, update, delete
    kind, product/       what one resource type does   lookup           data sources
    rule, reference      what it refuses, as facts     cidr             ranges of addresses
    cluster/             the Kubernetes behind ACK     fault            calls that go wrong on purpose
    wire, server         the protocol
"""
