"""Drives several simulated arrays that work together, with the vendor's own client; prints what it saw as JSON.

usage: network.py ENDPOINT_A TOKEN_A ENDPOINT_B TOKEN_B CLOUD_ENDPOINT CLOUD_TOKEN VERSION|newest
"""
import json
import sys

from pypureclient import flasharray as fa

from answers import done, items, refusal

version = sys.argv[7]
options = {} if version == "newest" else {"version": version}
a, b, cloud = (fa.Client(sys.argv[at], api_token=sys.argv[at + 1], **options) for at in (1, 3, 5))
minor = int(a.get_rest_version().split(".")[1])
seen = {}

seen["sessions"] = [one.user for one in items(a.get_sessions())]
seen["ports"] = sorted({kind for one in items(a.get_ports()) for kind in ("iqn", "nqn", "wwn")
                        if getattr(one, kind, None)})
items(a.get_network_interfaces())
items(a.post_hosts(names=["nvme"], host=fa.HostPost(nqns=["nqn.2014-08.org.example:n"])))
items(a.post_volumes(names=["v"], volume=fa.VolumePost(provisioned=1 << 40)))
connection = items(a.post_connections(host_names=["nvme"], volume_names=["v"], connection=fa.ConnectionPost()))[0]
seen["nsid"] = getattr(connection, "nsid", None) if minor >= 27 else None
for read in ("get_network_interfaces_performance", "get_hosts_performance_balance", "get_volume_groups_performance",
             "get_volume_groups_space", "get_pods_performance_replication", "get_pod_replica_links",
             "get_pod_replica_links_lag", "get_pod_replica_links_performance_replication", "get_directories",
             "get_directories_performance", "get_drives", "get_pods", "get_volume_groups",
             *(["get_subscriptions"] if minor >= 26 else [])):
    items(getattr(a, read)())

# Two arrays, one pod.
key = items(b.get_array_connections_connection_key())[0].connection_key
items(a.post_array_connections(array_connection=fa.ArrayConnectionPost(
    management_address="192.0.2.9", type="sync-replication", connection_key=key)))
seen["connected"] = [(one.name, one.status) for one in items(b.get_array_connections())]
items(a.get_array_connections_path())
items(a.post_pods(names=["pod"], pod=fa.PodPost()))
items(a.post_pods_arrays(group_names=["pod"], member_names=["beta"]))
serial = items(a.post_volumes(names=["pod::shared"], volume=fa.VolumePost(provisioned=1 << 30)))[0].serial
seen["same_serial"] = items(b.get_volumes(names=["pod::shared"]))[0].serial == serial
seen["pod_arrays"] = sorted(one.name for one in items(b.get_pods(names=["pod"]))[0].arrays)
seen["stretched_twice"] = refusal(a.post_pods_arrays(group_names=["pod"], member_names=["cloud"]))["message"]
done(a.delete_pods_arrays(group_names=["pod"], member_names=["beta"]))

# A protection group on its way to the other array.
items(a.post_protection_groups(names=["pg"]))
items(a.post_protection_groups_volumes(group_names=["pg"], member_names=["v"]))
items(a.post_protection_groups_targets(group_names=["pg"], member_names=["beta"]))
items(b.patch_protection_groups_targets(group_names=["alpha:pg"], target=fa.TargetProtectionGroupPostPatch(allowed=True)))
items(a.post_protection_group_snapshots(source_names=["pg"], replicate_now=True,
                                        protection_group_snapshot=fa.ProtectionGroupSnapshotPost(suffix="s")))
seen["transfer"] = [one.name for one in items(a.get_protection_group_snapshots_transfer())]
print(json.dumps(seen), flush=True)
sys.stdin.readline()  # time passes
late = {"replicas": [one.name for one in items(b.get_volume_snapshots())]}
late["clone"] = items(b.post_volumes(names=["clone"], volume=fa.VolumePost(source=fa.Reference(name="alpha:pg.s.v"))))[0].provisioned

# What came later.
if minor >= 9:
    items(a.post_volume_snapshots(source_names=["v"], volume_snapshot=fa.VolumeSnapshotPost(suffix="now")))
    diff = items(a.get_volumes_diff(names=["v.now"], base_name="v", block_size=1 << 20, segment_length=1 << 30))
    late["diff"] = all(one.offset + one.length <= 1 << 30 for one in diff)
if minor >= 16:
    items(a.get_container_default_protections())
if minor >= 29:
    steps = [one.supported_capacity >> 40 for one in items(cloud.get_arrays_cloud_capacity_supported_steps())]
    patch = fa.CloudCapacityStatus(requested_capacity=steps[-1] << 40)
    late["growing"] = items(cloud.patch_arrays_cloud_capacity(capacity=patch))[0].status
    late["steps"] = steps
    late["metal"] = refusal(a.get_arrays_cloud_capacity())["message"]
if minor >= 38:
    late["fleet"] = sorted(one.name for one in items(a.get_remote_arrays(current_fleet_only=True)))
    items(a.get_fleets_members())
    late["elsewhere"] = [one.context.name for one in items(a.get_volumes(context_names=["beta"]))]
    items(a.get_arrays_tags())
late["models"] = sorted({one.model for one in items(cloud.get_controllers())})
print(json.dumps(late))
