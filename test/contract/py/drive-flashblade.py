"""Drives a simulated FlashBlade with the vendor's own client; prints what it saw as one JSON object.

usage: drive-flashblade.py ENDPOINT API_TOKEN VERSION|newest
"""
import json
import sys

from pypureclient import flashblade
from pypureclient.exceptions import PureError

from answers import done, items, refusal

endpoint, token, version = sys.argv[1:4]
options = {} if version == "newest" else {"version": version}
client = flashblade.Client(endpoint, api_token=token, **options)
seen = {"version": type(client).__module__.split(".")[2].replace("FB_", "").replace("_", ".")}
minor = int(seen["version"].split(".")[1])

seen["array"] = items(client.get_arrays())[0].name
reads = ["get_arrays_performance", "get_arrays_nfs_specific_performance", "get_arrays_http_specific_performance",
         "get_arrays_s3_specific_performance", "get_arrays_performance_replication", "get_arrays_clients_performance",
         "get_blades", "get_buckets", "get_object_store_accounts", "get_hardware", "get_hardware_connectors_performance",
         "get_network_interfaces", "get_subnets", "get_alerts", "get_policies", "get_array_connections",
         "get_file_system_replica_links", "get_quotas_settings", "get_file_systems_performance", "get_admins"]
if minor >= 16:
    reads.append("get_servers")
for read in reads:
    items(getattr(client, read)())
for kind in ("array", "file-system", "object-store"):
    seen[f"capacity {kind}"] = items(client.get_arrays_space(type=kind))[0].capacity
seen["data vip"] = [one.address for one in items(client.get_network_interfaces(filter="services='data'"))]

closed = flashblade.Nfs(v3_enabled=True, v4_1_enabled=True, rules="")
names = [f"paged-{number}" for number in range(25)]
for name in names:
    items(client.post_file_systems(names=[name], file_system=flashblade.FileSystemPost(provisioned=1 << 30, nfs=closed)))
seen["limited"] = len(items(client.get_file_systems(limit=10)))
page = client.get_file_systems(filter="name='paged-1*'", sort=["name-"])
seen["sorted"] = [one.name for one in items(page)]
page = client.get_file_systems()
seen["total"] = {"count": page.total_item_count, "provisioned": page.total[0].provisioned
                 if isinstance(page.total, list) else page.total.provisioned}

post = flashblade.FileSystemPost(provisioned=5 << 30, hard_limit_enabled=True, nfs=closed)
seen["rules"] = items(client.post_file_systems(names=["fs"], file_system=post))[0].nfs.rules
items(client.patch_file_systems(names=["fs"], file_system=flashblade.FileSystemPatch(provisioned=6 << 30)))
seen["size"] = items(client.get_file_systems(names=["fs"]))[0].provisioned
seen["duplicate"] = refusal(client.post_file_systems(names=["fs"], file_system=post))
seen["missing"] = refusal(client.get_file_systems(names=["none"]))
rule = "10.0.0.7(rw,no_root_squash)"
added = client.patch_file_systems(names=["fs"], file_system=flashblade.FileSystemPatch(nfs=flashblade.NfsPatch(add_rules=rule)))
seen["added"] = items(added)[0].nfs.rules
removed = client.patch_file_systems(names=["fs"], file_system=flashblade.FileSystemPatch(nfs=flashblade.NfsPatch(remove_rules=rule)))
seen["removed"] = items(removed)[0].nfs.rules

items(client.post_nfs_export_policies(names=["policy"], policy=flashblade.NfsExportPolicyPost(enabled=True)))
stale = items(client.get_nfs_export_policies(names=["policy"]))[0].version
for address in ("*", "10.0.0.8"):
    items(client.post_nfs_export_policies_rules(policy_names=["policy"],
                                                rule=flashblade.NfsExportPolicyRule(client=address, permission="rw")))
seen["rule order"] = [one.client for one in items(client.get_nfs_export_policies_rules(policy_names=["policy"]))]
try:
    client.post_nfs_export_policies_rules(policy_names=["policy"], versions=[stale],
                                          rule=flashblade.NfsExportPolicyRule(client="10.0.0.9"))
except PureError as error:  # the client has no answer for 412
    seen["stale"] = "(412)" in str(error)
by_policy = flashblade.FileSystemPatch(nfs=flashblade.NfsPatch(export_policy=flashblade.Reference(name="policy")))
seen["policy"] = items(client.patch_file_systems(names=["fs"], file_system=by_policy))[0].nfs.export_policy.name
seen["in use"] = refusal(client.delete_nfs_export_policies(names=["policy"]))["status"]
if minor >= 16:
    seen["exports"] = [[one.export_name, one.policy.name, one.server.name] for one in items(client.get_file_system_exports())]
if minor >= 17:
    items(client.post_qos_policies(names=["qos"], policy=flashblade.QosPolicy(max_total_ops_per_sec=1000)))
    limited = flashblade.FileSystemPatch(qos_policy=flashblade.Reference(name="qos"))
    seen["qos"] = items(client.patch_file_systems(names=["fs"], file_system=limited))[0].qos_policy.name

items(client.post_quotas_users(file_system_names=["fs"], uids=[1000], quota=flashblade.UserQuotaPost(quota=1 << 30)))
seen["quota"] = [[one.user.id, one.quota] for one in items(client.get_quotas_users(file_system_names=["fs"]))]
seen["usage"] = [one.user.id for one in items(client.get_usage_users(file_system_names=["fs"]))]

snapshot = flashblade.FileSystemSnapshotPost(suffix="before")
seen["snapshot"] = items(client.post_file_system_snapshots(source_names=["fs"], file_system_snapshot=snapshot))[0].name
seen["snapshots"] = [one.name for one in items(client.get_file_system_snapshots(names_or_owner_names=["fs"]))]
source = flashblade.FileSystemPost(source=flashblade.Reference(name="fs.before"))
seen["restored"] = items(client.post_file_systems(names=["fs"], overwrite=True, discard_non_snapshotted_data=True,
                                                  file_system=source))[0].name
if minor >= 25:
    seen["clone"] = items(client.post_file_systems(names=["clone"], include_snapshot=True, file_system=source))[0].provisioned
else:
    seen["clone"] = refusal(client.post_file_systems(names=["clone"], file_system=source))["status"]

seen["not destroyed"] = refusal(client.delete_file_systems(names=["fs"]))["status"]
gone = flashblade.FileSystemPatch(destroyed=True, nfs=flashblade.NfsPatch(v3_enabled=False, v4_1_enabled=False))
items(client.patch_file_systems(names=["fs"], file_system=gone))
seen["destroyed"] = [one.name for one in items(client.get_file_systems(destroyed=True))]
seen["unchangeable"] = refusal(client.patch_file_systems(names=["fs"], file_system=flashblade.FileSystemPatch(provisioned=1)))
done(client.delete_file_systems(names=["fs"]))
seen["snapshots left"] = len(items(client.get_file_system_snapshots()))
seen["policy gone"] = client.delete_nfs_export_policies(names=["policy"]).status_code
print(json.dumps(seen))
