"""A whole small estate on a cloud, one resource of each type that the program uses."""

from __future__ import annotations

from typing import Any, Final

GROUP: Final = "alicloud:resourcemanager/resourceGroup:ResourceGroup"
NETWORK: Final = "alicloud:vpc/network:Network"
SWITCH: Final = "alicloud:vpc/switch:Switch"
GATEWAY: Final = "alicloud:vpc/natGateway:NatGateway"
ADDRESS: Final = "alicloud:ecs/eipAddress:EipAddress"
ASSOCIATION: Final = "alicloud:ecs/eipAssociation:EipAssociation"
ENTRY: Final = "alicloud:vpc/snatEntry:SnatEntry"
SECURITY_GROUP: Final = "alicloud:ecs/securityGroup:SecurityGroup"
RULE: Final = "alicloud:ecs/securityGroupRule:SecurityGroupRule"
CLUSTER: Final = "alicloud:cs/managedKubernetes:ManagedKubernetes"
POOL: Final = "alicloud:cs/nodePool:NodePool"
BALANCER: Final = "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer"

USED: Final = (
    GROUP, NETWORK, SWITCH, GATEWAY, ADDRESS, ASSOCIATION, ENTRY, SECURITY_GROUP, RULE, CLUSTER, POOL, BALANCER,
)  # fmt: skip


def build(cloud: Any) -> dict[str, Any]:
    """Make one of each on `cloud`; give them by type, in the order in which they were made."""
    made: dict[str, Any] = {}

    def add(token: str, **inputs: Any) -> Any:
        made[token] = cloud.create(token, **inputs)
        return made[token]

    group = add(GROUP, displayName="Balikpapan", resourceGroupName="bpn-6471", tags={"wilayah": "64.71"})
    vpc = add(
        NETWORK, vpcName="bpn-6471", cidrBlock="10.64.0.0/16", resourceGroupId=group.id, tags={"wilayah": "64.71"}
    )
    switch = add(SWITCH, vpcId=vpc.id, cidrBlock="10.64.0.0/20", zoneId="ap-southeast-5a", vswitchName="bpn-6471-a")
    gateway = add(
        GATEWAY,
        vpcId=vpc.id,
        vswitchId=switch.id,
        natType="Enhanced",
        networkType="internet",
        natGatewayName="bpn-6471",
    )
    eip = add(ADDRESS, addressName="bpn-6471", paymentType="PayAsYouGo", internetChargeType="PayByTraffic")
    add(ASSOCIATION, allocationId=eip.id, instanceId=gateway.id)
    table = gateway.outputs["snatTableIds"]
    add(ENTRY, snatTableId=table, snatIp=eip.outputs["ipAddress"], sourceVswitchId=switch.id)
    security = add(SECURITY_GROUP, vpcId=vpc.id, securityGroupName="bpn-6471")
    rule = {"type": "ingress", "ipProtocol": "tcp", "portRange": "443/443", "cidrIp": "10.64.0.0/11"}
    add(RULE, securityGroupId=security.id, **rule)
    cluster = add(
        CLUSTER,
        name="bpn-6471",
        clusterSpec="ack.pro.small",
        vswitchIds=[switch.id],
        podCidr="10.65.0.0/16",
        serviceCidr="10.66.0.0/20",
        newNatGateway=False,
        securityGroupId=security.id,
    )
    labels = [{"key": "work", "value": "platform"}]
    pool = {"nodePoolName": "work", "vswitchIds": [switch.id], "instanceTypes": ["ecs.g7.xlarge"], "labels": labels}
    add(POOL, clusterId=cluster.id, desiredSize="2", management={"enable": True, "autoRepair": True}, **pool)
    add(BALANCER, loadBalancerName="bpn-6471", addressType="intranet", vswitchId=switch.id)
    return made
