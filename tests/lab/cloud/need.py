"""What the vendor's servers ask for beyond the schema, by type: enough of it to make a resource of each.

A function gets the sampler and the number of the resource, and gives inputs. A type that isn't here is made from the
schema and the references that its product file states.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from lab.cloud.estate import ADDRESS, ASSOCIATION, CLUSTER, ENTRY, GATEWAY, GROUP, NETWORK, POOL, RULE, SWITCH
from simpul.lab.cloud.bucket import grant
from simpul.lab.cloud.product import (
    acl,
    actiontrail,
    addon,
    autoscaling,
    bgp,
    cen,
    cms,
    cr,
    dns,
    guest,
    hbr,
    kms,
    kvstore,
    log,
    nlb,
    oss,
    pvtz,
    ram,
    rds,
    rdsdata,
    route,
    tair,
    vpc,
    vpn,
)

if TYPE_CHECKING:
    from lab.cloud.sample import Sampler

Need = Callable[["Sampler", int], dict[str, Any]]
ZONES: Final = ("ap-southeast-5a", "ap-southeast-5b", "ap-southeast-5c")
LINE: Final = "pc-k1alab0000001"
READ: Final = '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:Get*", "Resource": "*"}]}'
TRUST: Final = (
    '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
    ' "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}'
)
TLS_ALONE: Final = (
    '{"Version": "1", "Statement": [{"Effect": "Deny", "Principal": ["*"], "Action": ["oss:*"],'
    ' "Resource": ["acs:oss:*:*:bpn", "acs:oss:*:*:bpn/*"],'
    ' "Condition": {"Bool": {"acs:SecureTransport": ["false"]}}}]}'
)


def _switch(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"cidrBlock": f"10.64.{number}.0/24", "zoneId": ZONES[number % 3], "vpcId": sampler.made(NETWORK).id}


def _other_zone(sampler: Sampler) -> str:
    return next(each for each in ZONES if each != sampler.made(SWITCH).outputs["zoneId"])


def _gateway(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"vswitchId": sampler.made(SWITCH).id, "natType": "Enhanced"}


def _association(sampler: Sampler, number: int) -> dict[str, Any]:
    address = sampler.made(ADDRESS) if number == 1 else sampler.another(ADDRESS)
    return {"allocationId": address.id, "instanceId": sampler.made(GATEWAY).id}


def _entry(sampler: Sampler, number: int) -> dict[str, Any]:
    sampler.made(ASSOCIATION)
    return {"snatIp": sampler.made(ADDRESS).outputs["ipAddress"], "sourceCidr": f"10.64.{number}.0/24"}


def _forward(sampler: Sampler, number: int) -> dict[str, Any]:
    sampler.made(ASSOCIATION)
    ports = {"externalPort": str(number), "internalPort": "443", "ipProtocol": "tcp"}
    return {"externalIp": sampler.made(ADDRESS).outputs["ipAddress"], "internalIp": "10.64.1.10", **ports}


def _cluster(sampler: Sampler, number: int) -> dict[str, Any]:
    ranges = {"podCidr": f"10.{100 + number}.0.0/17", "serviceCidr": f"10.{100 + number}.128.0/20"}
    return {"vswitchIds": [sampler.made(SWITCH).id], "newNatGateway": False, "slbInternetEnabled": False, **ranges}


def _pool(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"vswitchIds": [sampler.made(SWITCH).id], "instanceTypes": ["ecs.g7.xlarge"], "desiredSize": "1"}


def _scaling(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"clusterId": sampler.another(CLUSTER).id}


def _trail(sampler: Sampler, number: int) -> dict[str, Any]:
    project = sampler.made(log.PROJECT).id
    return {"slsProjectArn": actiontrail.project_arn(sampler.cloud.estate.region, project)}


def _route(sampler: Sampler, number: int) -> dict[str, Any]:
    hop = {"nexthopType": "NatGateway", "nexthopId": sampler.made(GATEWAY).id}
    table = sampler.made(NETWORK).outputs["routeTableId"]
    return {"routeTableId": table, "destinationCidrblock": f"10.200.{number}.0/24", **hop}


def _connection(sampler: Sampler, number: int) -> dict[str, Any]:
    ranges = {"localSubnets": ["10.64.0.0/16"], "remoteSubnets": [f"10.201.{number}.0/24"]}
    return {"customerGatewayId": sampler.another(vpn.CUSTOMER).id, **ranges}


def _vpc_attachment(sampler: Sampler, number: int) -> dict[str, Any]:
    vpc = sampler.another(NETWORK)
    switch = sampler.another(SWITCH, vpcId=vpc.id)
    mapping = {"zoneId": switch.outputs["zoneId"], "vswitchId": switch.id}
    router = sampler.made(cen.ROUTER).outputs
    return {"vpcId": vpc.id, "zoneMappings": [mapping], "transitRouterId": router["transitRouterId"]}


def _vbr_attachment(sampler: Sampler, number: int) -> dict[str, Any]:
    router = sampler.made(cen.ROUTER).outputs
    return {"vbrId": sampler.another(cen.BORDER).id, "transitRouterId": router["transitRouterId"]}


def _attachment(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"transitRouterAttachmentId": sampler.another(cen.VPC).outputs["transitRouterAttachmentId"]}


def _balancer(sampler: Sampler, number: int) -> dict[str, Any]:
    switch = sampler.made(SWITCH)
    other = sampler.another(SWITCH, zoneId=_other_zone(sampler))
    mappings = [{"zoneId": each.outputs["zoneId"], "vswitchId": each.id} for each in (switch, other)]
    return {"addressType": "Internet", "vpcId": sampler.made(NETWORK).id, "zoneMappings": mappings}


def _database(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"instanceId": sampler.made(rds.INSTANCE).id, "dataBaseName": f"reports{number}"}


def _account(sampler: Sampler, number: int) -> dict[str, Any]:
    name = {"accountName": f"reports{number}", "accountPassword": "Sandi-rahasia-1"}
    return {"dbInstanceId": sampler.made(rds.INSTANCE).id, **name}


def _privilege(sampler: Sampler, number: int) -> dict[str, Any]:
    names = [sampler.another(rdsdata.DATABASE).outputs["dataBaseName"]]
    account = sampler.another(rdsdata.ACCOUNTS[0]).outputs["accountName"]
    whose = {"instanceId": sampler.made(rds.INSTANCE).id, "accountName": account}
    return {**whose, "dbNames": names, "privilege": "DBOwner"}


def _public(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"instanceId": sampler.made(rds.INSTANCE).id, "connectionPrefix": f"bpn-{number}", "port": "5432"}


def _repository(sampler: Sampler, number: int) -> dict[str, Any]:
    namespace = sampler.made(cr.NAMESPACE).outputs
    return {"instanceId": namespace["instanceId"], "namespace": namespace["name"], "name": f"app-{number}"}


def _attached(sampler: Sampler, number: int) -> dict[str, Any]:
    return {"policyName": sampler.another(ram.POLICY).id, "policyType": "Custom"}


def _border(sampler: Sampler, number: int) -> dict[str, Any]:
    ends = {"localGatewayIp": "10.255.0.1", "peerGatewayIp": "10.255.0.2", "peeringSubnetMask": "255.255.255.252"}
    return {"physicalConnectionId": LINE, "vlanId": 100 + number, **ends}


NEED: Final[dict[str, Need]] = {
    GROUP: lambda _, number: {"displayName": f"Balikpapan {number}"},
    NETWORK: lambda *_: {"cidrBlock": "10.64.0.0/16"},
    SWITCH: _switch,
    vpc.BLOCK: lambda sampler, number: {
        "vpcId": sampler.another(NETWORK).id,
        "secondaryCidrBlock": f"10.{100 + number % 100}.0.0/16",
    },
    GATEWAY: _gateway,
    ASSOCIATION: _association,
    ENTRY: _entry,
    "alicloud:vpc/forwardEntry:ForwardEntry": _forward,
    RULE: lambda _, number: {"ipProtocol": "tcp", "portRange": f"{number}/{number}", "cidrIp": "10.64.0.0/11"},
    CLUSTER: _cluster,
    POOL: _pool,
    autoscaling.AutoscalingConfig.token: _scaling,
    guest.ENTRY: lambda _, number: {"entry": f"203.0.113.{number}/32"},
    addon.KubernetesAddon.token: lambda _, number: {"name": list(addon.VERSIONS)[number]},
    kms.INSTANCE: lambda sampler, _: {
        "vpcId": sampler.made(NETWORK).id,
        "vswitchIds": [sampler.made(SWITCH).id],
        "zoneIds": list(ZONES),
    },
    "alicloud:kms/alias:Alias": lambda _, number: {"aliasName": f"alias/bpn-{number}"},
    log.INDEX: lambda sampler, _: {
        "logstore": sampler.another(log.STORE).outputs["logstoreName"],
        "fullText": {"token": ","},
    },
    actiontrail.Trail.token: _trail,
    cms.CONTACT: lambda _, number: {"channelsMail": f"bpn-{number}@example.id"},
    cms.Alarm.token: lambda *_: {
        "project": "acs_rds_dashboard",
        "metric": "CpuUsage",
        "escalationsCritical": {"threshold": "90"},
    },
    acl.ATTACHMENT: lambda sampler, _: {"resourceId": sampler.another(SWITCH).id},
    "alicloud:vpc/flowLog:FlowLog": lambda sampler, _: {
        "resourceId": sampler.another(SWITCH).id,
        "resourceType": "VSwitch",
    },
    route.ATTACHMENT: lambda sampler, _: {"vswitchId": sampler.another(SWITCH).id},
    route.RouteEntry.token: _route,
    vpn.GATEWAY: lambda sampler, _: {
        "bandwidth": 10,
        "vswitchId": sampler.made(SWITCH).id,
        "disasterRecoveryVswitchId": sampler.another(SWITCH, zoneId=_other_zone(sampler)).id,
    },
    vpn.CUSTOMER: lambda _, number: {"ipAddress": f"203.0.113.{number}"},
    vpn.CONNECTION: _connection,
    vpn.RouteEntry.token: lambda _, number: {"routeDest": f"10.202.{number}.0/24", "weight": 100},
    cen.ROUTER: lambda sampler, number: {
        "cenId": (sampler.made if number == 1 else sampler.another)(cen.INSTANCE).id,
    },
    cen.VPC: _vpc_attachment,
    cen.VBR: _vbr_attachment,
    cen.TransitRouterRouteEntry.token: lambda sampler, number: {
        "transitRouterRouteEntryDestinationCidrBlock": f"10.203.{number}.0/24",
        "transitRouterRouteEntryNextHopType": "Attachment",
        "transitRouterRouteEntryNextHopId": sampler.made(cen.VPC).outputs["transitRouterAttachmentId"],
    },
    cen.TransitRouterRouteTableAssociation.token: _attachment,
    cen.TransitRouterRouteTablePropagation.token: _attachment,
    cen.BORDER: _border,
    bgp.PEER: lambda _, number: {"peerIpAddress": f"10.255.0.{number + 1}"},
    pvtz.ZONE: lambda _, number: {"zoneName": f"bpn-{number}.internal"},
    pvtz.ATTACHMENT: lambda sampler, _: {
        "zoneId": sampler.another(pvtz.ZONE).id,
        "vpcs": [{"vpcId": sampler.made(NETWORK).id}],
    },
    pvtz.RECORD: lambda _, number: {"rr": f"host-{number}", "type": "A", "value": "10.64.1.10"},
    dns.DOMAIN: lambda _, number: {"domainName": f"bpn-{number}.example.id"},
    dns.RECORD: lambda _, number: {"rr": f"host-{number}", "type": "A", "value": "203.0.113.10"},
    nlb.BALANCER: _balancer,
    nlb.SERVERS: lambda sampler, _: {"serverGroupType": "Ip", "vpcId": sampler.made(NETWORK).id},
    nlb.SERVER: lambda _, number: {
        "serverType": "Ip",
        "serverId": f"10.64.1.{number}",
        "serverIp": f"10.64.1.{number}",
    },
    nlb.LISTENER: lambda _, number: {"listenerProtocol": "TCP", "listenerPort": 6443 + number},
    hbr.POLICY: lambda sampler, _: {
        "rules": [
            {
                "ruleType": "BACKUP",
                "backupType": "COMPLETE",
                "schedule": "I|1735689600|P1D",
                "retention": 30,
                "vaultId": sampler.made(hbr.VAULT).id,
            }
        ]
    },
    hbr.PolicyBinding.token: lambda sampler, _: {
        "policyId": sampler.made(hbr.POLICY).id,
        "sourceType": "OSS",
        "dataSourceId": sampler.another(oss.BUCKET).id,
    },
    "alicloud:cr/scanRule:ScanRule": lambda *_: {"scanType": "VUL", "scanScope": "INSTANCE"},
    cr.INSTANCE: lambda *_: {"instanceType": "Basic", "paymentType": "Subscription", "period": 1},
    cr.REPOSITORY: _repository,
    cr.ENTRY: lambda _, number: {"endpointType": "internet", "entry": f"203.0.113.{number}/32"},
    cr.LINK: lambda sampler, _: {"vpcId": sampler.another(NETWORK).id},
    rds.INSTANCE: lambda sampler, _: {
        "engine": "PostgreSQL",
        "engineVersion": "16.0",
        "instanceType": "pg.n2.2c.2m",
        "instanceStorage": 20,
        "vswitchId": sampler.made(SWITCH).id,
    },
    rdsdata.DATABASE: _database,
    rdsdata.ACCOUNTS[0]: _account,
    rdsdata.ACCOUNTS[1]: lambda sampler, number: _account(sampler, 100 + number),
    rdsdata.PRIVILEGE: _privilege,
    rdsdata.Connection.token: _public,
    kvstore.INSTANCE: lambda *_: {"instanceClass": "redis.master.small.default", "password": "Sandi-rahasia-1"},
    tair.INSTANCE: lambda sampler, number: {
        "instanceType": "tair_rdb",
        "instanceClass": "tair.rdb.1g",
        "zoneId": sampler.made(SWITCH).outputs["zoneId"],
        "vswitchId": sampler.made(SWITCH).id,
    },
    oss.BUCKET: lambda _, number: {"bucket": f"bpn-6471-{number}"},
    oss.WORM: lambda sampler, _: {"bucket": sampler.another(oss.BUCKET).id, "retentionPeriodInDays": 30},
    grant.BUCKET_ACL: lambda *_: {"acl": "private"},
    grant.BUCKET_POLICY: lambda *_: {"policy": TLS_ALONE},
    oss.BucketHttpsConfig.token: lambda *_: {"enable": True, "tlsVersions": ["TLSv1.2"]},
    oss.BucketServerSideEncryption.token: lambda *_: {"sseAlgorithm": "KMS"},
    ram.KEY: lambda sampler, _: {"userName": sampler.another(ram.USER).outputs["name"]},
    ram.POLICY: lambda _, number: {"policyName": f"bpn-{number}", "policyDocument": READ},
    ram.ROLE: lambda _, number: {"roleName": f"bpn-{number}", "assumeRolePolicyDocument": TRUST},
    grant.ATTACHMENT: _attached,
    grant.MEMBERSHIP: lambda sampler, _: {"userName": sampler.another(ram.USER).outputs["name"]},
    grant.GROUP_ATTACHMENT: _attached,
    ram.ROLE_ATTACHMENT: _attached,
}
