import { writeFileSync } from 'node:fs';
import { ARRAY_GUEST, hostNumber, workerNames, type LabSettings, type Fabric, type GuestName } from '../options.ts';
import { runOrFail } from '../run-program.ts';

/** A and B carry iSCSI, M Kubernetes and the agents. */
const NETWORKS = ['A', 'B', 'M'] as const;

/** Interface of a guest on a network, as the host side of the tap is called. */
export function tapName(guest: GuestName, network: (typeof NETWORKS)[number]): string {
  return `${guest}${network}`;
}

/** Bridges with the namespaces as .1, one tap a guest and bridge, and routes to the pods of every worker. */
export async function createNetwork(settings: LabSettings): Promise<void> {
  const commands = ['link set lo up', 'addr add 10.96.0.1/32 dev lo'];
  const taps: string[] = [];
  for (const [index, network] of NETWORKS.entries()) {
    commands.push(
      `link add br${network} type bridge forward_delay 0`,
      `addr add 10.66.${index + 1}.1/24 dev br${network}`,
      `link set br${network} up`,
    );
    for (const guest of [ARRAY_GUEST, ...workerNames(settings)]) {
      taps.push(`tuntap add ${tapName(guest, network)} mode tap`);
      commands.push(`link set ${tapName(guest, network)} master br${network} up`);
    }
  }
  for (const worker of workerNames(settings)) {
    commands.push(`route add 10.244.${hostNumber(worker) - 10}.0/24 via 10.66.3.${hostNumber(worker)}`);
  }
  await runOrFail('ip', ['-batch', '-'], { stdin: `${[...taps, ...commands].join('\n')}\n` });
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
}

/**
 * Cuts or restores a guest's cable on one fabric. The bridge port is disabled, not the tap: with the tap down the
 * guest's transmission would stall for good.
 */
export async function setPath(guest: GuestName, fabric: Fabric, connected: boolean): Promise<void> {
  await runOrFail('bridge', ['link', 'set', 'dev', tapName(guest, fabric), 'state', connected ? '3' : '0']);
}
