import type { Guest } from '../lab/lab.ts';
import { LabFileDataPlane } from '../lab/array/file-data-plane.ts';
import { getObject } from '../support/product/api.ts';
import type { FleetService } from '../support/product/fleet-service.ts';
import type { Product } from '../support/product/shared-product.ts';

type Looking = Promise<readonly string[]>;

/** What is still there of PersistentVolumes that were deleted; empty when nothing is. What was destroyed and can be recovered is gone. */
export async function leftoversOf({ lab, fleet }: Product, volumes: readonly string[]): Looking {
  const isOne = (name: string): boolean => volumes.some(volume => name.endsWith(volume));
  const found = await Promise.all([
    onArrays(fleet, isOne),
    onBlades(fleet, isOne),
    inExports(lab.guest('ar'), volumes),
    inCluster(lab, isOne),
    ...lab.workers.map(worker => onNode(lab.guest(worker), fleet, volumes)),
  ]);
  return found.flat();
}

type Choice = (name: string) => boolean;

async function onArrays(fleet: FleetService, isOne: Choice): Looking {
  return (await fleet.states()).flatMap(({ name, volumes, snapshots, connections }) => [
    ...volumes.filter(one => isOne(one.name) && one.destroyedMs === null).map(one => `volume ${one.name} on ${name}`),
    ...snapshots
      .filter(one => isOne(one.name.replace(/\.[^.]*$/, '')) && one.destroyedMs === null)
      .map(one => `snapshot ${one.name} on ${name}`),
    ...connections
      .filter(({ volume }) => isOne(volume))
      .map(({ volume, host }) => `connection of ${volume} to ${host ?? 'a host group'} on ${name}`),
  ]);
}

async function onBlades(fleet: FleetService, isOne: Choice): Looking {
  const mine = (await fleet.bladeStates()).flatMap(blade =>
    blade.fileSystems.filter(({ name }) => isOne(name)).map(one => ({ ...one, blade: blade.name })),
  );
  return mine.flatMap(({ name, blade, destroyedMs, access }) => [
    ...(destroyedMs === null ? [`file system ${name} on ${blade}`] : []),
    ...access.map(({ client }) => `export rule of ${name} for ${client} on ${blade}`),
  ]);
}

/** What the file servers really let in. */
async function inExports(arrays: Guest, volumes: readonly string[]): Looking {
  const { exports } = await new LabFileDataPlane(arrays.agent).inventory();
  return exports
    .filter(({ line }) => volumes.some(volume => line.includes(volume)))
    .map(({ line }) => `export ${line}`);
}

interface Attachment {
  readonly spec: { readonly nodeName: string; readonly source: { readonly persistentVolumeName?: string } };
}

async function inCluster(lab: Product['lab'], isOne: Choice): Looking {
  const [persistent, attached] = await Promise.all([
    getObject<{ items: readonly { metadata: { name: string } }[] }>(lab, '/api/v1/persistentvolumes'),
    getObject<{ items: readonly Attachment[] }>(lab, '/apis/storage.k8s.io/v1/volumeattachments'),
  ]);
  return [
    ...persistent.items.map(({ metadata }) => metadata.name).filter(isOne),
    ...attached.items
      .filter(({ spec }) => isOne(spec.source.persistentVolumeName ?? ''))
      .map(({ spec }) => `attachment of ${spec.source.persistentVolumeName ?? ''} to ${spec.nodeName}`),
  ];
}

/** Mounts name the volume, devices have its serial number. */
async function onNode(node: Guest, fleet: FleetService, volumes: readonly string[]): Looking {
  if (volumes.length === 0) return [];
  const mine = (await fleet.states())
    .flatMap(array => array.volumes)
    .filter(one => volumes.some(v => one.name.endsWith(v)));
  const wanted = [...volumes, ...mine.map(({ serial }) => serial.toLowerCase())].join('|');
  const output = await node.output(
    `{ cat /proc/self/mountinfo; cat /sys/block/sd*/device/wwid /sys/block/dm-*/dm/uuid; } 2>/dev/null | grep -iE '${wanted}' || true`,
  );
  return output
    .split('\n')
    .filter(line => line !== '')
    .map(line => `on ${node.name}: ${line}`);
}
