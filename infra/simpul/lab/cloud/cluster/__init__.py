"""The Kubernetes that stands behind a cluster of the cloud.

`backing` is what the cloud asks for, `ack` makes it of the lab's machines, `balancer` lets load balancers serve it.
"""
