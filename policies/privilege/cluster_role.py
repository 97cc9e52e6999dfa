"""Roles within a cluster: nobody may do everything there."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, law


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find rules with every verb on every resource, and bindings to cluster-admin."""
    for at, rule in enumerate(manifest.get("rules") or ()):
        if "*" in (rule.get("verbs") or ()) and "*" in (rule.get("resources") or ()):
            yield Breach(
                f"allows everything in the cluster: rules[{at}]", '"*" on "*"', "Name the verbs and resources."
            )
    if manifest.get("roleRef", "name") == "cluster-admin":
        yield Breach("makes its subjects masters of the cluster", "cluster-admin", "Bind a role of its own.")


RULE = Rule(
    id="privilege-cluster-role",
    title="No workload is master of its cluster",
    source=law("UU PDP 27/2022 art 39; BSSN 4/2021", "access is kept to those who need it, and to what they need"),
    looks_at="Roles, ClusterRoles and their bindings",
    english="Name the verbs and resources that a workload needs of its cluster.",
    indonesian="Sebutkan tindakan dan sumber daya yang diperlukan beban kerja dari klasternya.",
    on=Manifest,
    types=("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
    check=check,
)
