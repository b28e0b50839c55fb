import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../eventually.ts';
import { getObject } from './api.ts';
import { kubectl } from './cluster.ts';

const NAMESPACED = '/api/v1/namespaces/default';

interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The node a pod is Ready on, or undefined while it is not. */
export async function readyOn(lab: Lab, pod: string): Promise<string | undefined> {
  const found = await getObject<Pod>(lab, `${NAMESPACED}/pods/${pod}`);
  const ready = found.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && found.metadata.deletionTimestamp === undefined ? found.spec.nodeName : undefined;
}

/** Waits until the pod is Ready, on another node than `notOn` when given; returns its node. */
export async function awaitReady(lab: Lab, pod: string, limitMs: number, notOn?: string): Promise<string> {
  let node: string | undefined;
  await eventually(`pod ${pod} Ready${notOn === undefined ? '' : ` elsewhere than on ${notOn}`}`, limitMs, async () => {
    node = await readyOn(lab, pod);
    return node !== undefined && node !== notOn;
  });
  return node ?? '';
}

export async function awaitBound(lab: Lab, claim: string, limitMs: number): Promise<number> {
  return eventually(`claim ${claim} Bound`, limitMs, async () => {
    const path = `${NAMESPACED}/persistentvolumeclaims/${claim}`;
    const { status } = await getObject<{ status: { phase: string } }>(lab, path);
    return status.phase === 'Bound';
  });
}

export interface ClusterEvent {
  readonly reason: string;
  readonly message: string;
}

/** Events of one object, oldest first. */
export async function eventsOf(lab: Lab, kind: string, name: string): Promise<readonly ClusterEvent[]> {
  const selector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const query = new URLSearchParams({ fieldSelector: selector });
  // Events of an object without a namespace are in `default`, too.
  const { items } = await getObject<{ items: readonly ClusterEvent[] }>(
    lab,
    `${NAMESPACED}/events?${query.toString()}`,
  );
  return items;
}

/** What the event on a claim says of its placement; the driver writes it when the volume is made, and does not wait for it. */
export async function decisionOn(lab: Lab, claim: string): Promise<string> {
  let sentence = '';
  await eventually(`the event with the decision on ${claim}`, 60_000, async () => {
    const events = await eventsOf(lab, 'PersistentVolumeClaim', claim);
    sentence = events.find(({ reason }) => reason === 'VolumePlaced')?.message ?? '';
    return sentence !== '';
  });
  return sentence;
}

/** Waits until the database takes statements: after a crash it replays its log first. */
export async function awaitDatabase(lab: Lab, pod: string, limitMs: number): Promise<void> {
  await eventually(`the database in ${pod} answers`, limitMs, async () => (await sql(lab, pod, 'select 1')) === '1');
}

/** One SQL statement in the demo database; unaligned output. */
export async function sql(lab: Lab, pod: string, statement: string): Promise<string> {
  const output = await kubectl(lab, ['exec', pod, '--', 'psql', '-h', '/tmp', '-U', 'postgres', '-qAtc', statement]);
  return output.trim();
}

/** SCSI disks, device-mapper maps and iSCSI sessions of a worker; all empty when nothing is attached. */
export async function attachments(
  lab: Lab,
  node: string,
): Promise<{ readonly devices: string; readonly sessions: string }> {
  const guest = lab.guest(node);
  const devices = await guest.output('ls /sys/block | grep -E "^(sd|dm-)" | tr "\\n" " " || true');
  const sessions = await guest.output('ls /sys/class/iscsi_session 2>/dev/null | tr "\\n" " " || true');
  return { devices: devices.trim(), sessions: sessions.trim() };
}
