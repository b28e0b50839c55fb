"""Drives a simulated FlashArray with the vendor's own client; prints what it saw as one JSON object.

usage: drive.py ENDPOINT API_TOKEN VERSION|newest
"""
import json
import sys

from pypureclient import flasharray

from answers import done, items, refusal

endpoint, token, version = sys.argv[1:4]
options = {} if version == "newest" else {"version": version}
client = flasharray.Client(endpoint, api_token=token, **options)
seen = {"version": client.get_rest_version()}

seen["array"] = items(client.get_arrays())[0].name
seen["controllers"] = sorted(one.name for one in items(client.get_controllers()))
seen["portals"] = [one.portal for one in items(client.get_ports())]
for read in ("get_arrays_space", "get_arrays_performance", "get_hardware", "get_network_interfaces", "get_drives",
             "get_alerts", "get_volumes_space", "get_volumes_performance", "get_hosts_performance"):
    items(getattr(client, read)())

names = [f"paged-{number}" for number in range(25)]
items(client.post_volumes(names=names, volume=flasharray.VolumePost(provisioned=1 << 30)))
seen["limited"] = len(items(client.get_volumes(limit=10)))
page = client.get_volumes(filter="name='paged-1*'", sort=["name-"], total_item_count=True)
seen["sorted"] = [one.name for one in items(page)]
seen["total"] = page.total_item_count

volume = items(client.post_volumes(names=["vol"], volume=flasharray.VolumePost(provisioned=5 << 30)))[0]
seen["serial"] = volume.serial
items(client.patch_volumes(names=["vol"], volume=flasharray.VolumePatch(provisioned=6 << 30)))
seen["size"] = items(client.get_volumes(names=["vol"]))[0].provisioned
seen["duplicate"] = refusal(client.post_volumes(names=["vol"], volume=flasharray.VolumePost(provisioned=1 << 30)))
seen["missing"] = refusal(client.get_volumes(names=["none"]))

items(client.post_hosts(names=["node-1"], host=flasharray.HostPost(iqns=["iqn.2024-01.org.example:node-1"])))
found = items(client.get_hosts(filter="iqns='iqn.2024-01.org.example:node-1' and is_local"))
seen["host"] = found[0].name
seen["lun"] = items(client.post_connections(host_names=["node-1"], volume_names=["vol"],
                                            connection=flasharray.ConnectionPost()))[0].lun
seen["connected_twice"] = refusal(client.post_connections(host_names=["node-1"], volume_names=["vol"],
                                                          connection=flasharray.ConnectionPost()))
seen["connections"] = len(items(client.get_connections(volume_names=["vol"])))
done(client.delete_connections(host_names=["node-1"], volume_names=["vol"]))
done(client.delete_hosts(names=["node-1"]))

items(client.post_volume_snapshots(source_names=["vol"], volume_snapshot=flasharray.VolumeSnapshotPost(suffix="before")))
seen["snapshots"] = [one.name for one in items(client.get_volume_snapshots(source_names=["vol"]))]
clone = flasharray.VolumePost(source=flasharray.Reference(name="vol.before"))
seen["clone"] = items(client.post_volumes(names=["clone"], volume=clone))[0].provisioned

items(client.post_protection_groups(names=["pg"]))
items(client.post_protection_groups_volumes(group_names=["pg"], member_names=["vol"]))
items(client.post_protection_group_snapshots(source_names=["pg"],
                                             protection_group_snapshot=flasharray.ProtectionGroupSnapshotPost(suffix="s1")))
seen["group_snapshots"] = [one.name for one in items(client.get_volume_snapshots(filter="name='pg.*'"))]

items(client.post_pods(names=["pod"], pod=flasharray.PodPost()))
seen["pod_volume"] = items(client.post_volumes(names=["pod::vol"], volume=flasharray.VolumePost(provisioned=1 << 30)))[0].pod.name

items(client.put_volumes_tags_batch(resource_names=["vol"], tag=[flasharray.TagBatch(key="owner", value="db", namespace="pure-pso")]))
seen["tags"] = {one.key: one.value for one in items(client.get_volumes_tags(resource_names=["vol"], namespaces=["pure-pso"]))}

done(client.patch_volumes(names=["clone"], volume=flasharray.VolumePatch(destroyed=True)))
seen["destroyed_twice"] = refusal(client.patch_volumes(names=["clone"], volume=flasharray.VolumePatch(destroyed=True)))
seen["destroyed"] = [one.name for one in items(client.get_volumes(destroyed=True))]
done(client.delete_volumes(names=["clone"]))
seen["live"] = len(items(client.get_volumes(destroyed=False)))
print(json.dumps(seen))
