import { connect, type Socket } from 'node:net';
import { AgentClient } from '../agent-client.ts';
import { LabError } from '../lab-error.ts';
import {
  AGENT_PORT,
  ARRAY_GUEST,
  FABRICS,
  fcPortName,
  managementAddress,
  MAX_WORKERS,
  workerNames,
} from '../options.ts';
import type { FileDataPlane } from '../../simulator/flashblade/data-plane.ts';
import type {
  DataPlane,
  DataPlaneArray,
  DataPlaneClone,
  DataPlaneConnection,
  DataPlaneSnapshot,
  DataPlaneVolume,
} from '../../simulator/flasharray/data-plane.ts';
import { LabFileDataPlane } from './file-data-plane.ts';
import type {
  CloneArgs,
  ConnectArgs,
  CreateArgs,
  DecoyArgs,
  Inventory,
  NvmeArgs,
  PrepareArgs,
  SerialArgs,
  SnapshotsArgs,
} from './protocol.ts';

const FC_HOSTS = workerNames({ workers: MAX_WORKERS }).flatMap(worker =>
  FABRICS.map(fabric => fcPortName(worker, fabric)),
);

/** The simulated arrays' data on the lab's array guest: one round trip to its agent an operation. */
export class LabDataPlane implements DataPlane {
  readonly #agent: AgentClient;

  constructor(agent: AgentClient) {
    this.#agent = agent;
  }

  async prepare(array: DataPlaneArray): Promise<void> {
    const args: PrepareArgs = { ...array, fcHosts: FC_HOSTS };
    await this.#agent.call('prepare', args);
  }

  async volumeCreated({ serial, sizeBytes }: DataPlaneVolume): Promise<void> {
    await this.#agent.call('create', { serial, sizeBytes } satisfies CreateArgs);
  }

  async volumeCloned({ fromSerial, to }: DataPlaneClone): Promise<void> {
    await this.#agent.call('clone', { from: fromSerial, to: to.serial, sizeBytes: to.sizeBytes } satisfies CloneArgs);
  }

  async snapshotsTaken(snapshots: readonly DataPlaneSnapshot[]): Promise<void> {
    const copies = snapshots.map(({ volumeSerial, snapshotSerial, sizeBytes }) => ({
      from: volumeSerial,
      to: snapshotSerial,
      sizeBytes,
    }));
    await this.#agent.call('snapshots', { snapshots: copies } satisfies SnapshotsArgs);
  }

  async volumeResized({ serial, sizeBytes }: DataPlaneVolume): Promise<void> {
    await this.#agent.call('resize', { serial, sizeBytes } satisfies CreateArgs);
  }

  async connected(connection: DataPlaneConnection): Promise<void> {
    await this.#agent.call(...agentCall('connect', connection));
  }

  async disconnected(connection: DataPlaneConnection): Promise<void> {
    await this.#agent.call(...agentCall('disconnect', connection));
  }

  async volumeEradicated(serial: string): Promise<void> {
    await this.#agent.call('remove', { serial } satisfies SerialArgs);
  }

  async snapshotEradicated(serial: string): Promise<void> {
    await this.#agent.call('remove', { serial } satisfies SerialArgs);
  }

  /** A LUN of another vendor's array on the same portals, which the driver must never touch. */
  async plantDecoy(decoy: DecoyArgs): Promise<void> {
    await this.#agent.call('decoy', decoy);
  }

  /** What the array guest really holds, for tests. */
  inventory(): Promise<Inventory> {
    return this.#agent.call<Inventory>('inventory', {});
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}

function agentCall(
  operation: 'connect' | 'disconnect',
  connection: DataPlaneConnection,
): [operation: string, args: ConnectArgs | NvmeArgs] {
  const { serial } = connection;
  if (connection.transport === 'nvme') {
    const { arrayNqn: nqn, nqns: hosts, nsid } = connection;
    return [`${operation}-nvme`, { serial, nqn, hosts, nsid }];
  }
  const { arrayIqn: iqn, initiators, arrayWwns, wwns, lun } = connection;
  const { hostUser: user = null, hostPassword: password = null } = connection.chap ?? {};
  const chap = user === null || password === null ? null : { user, password };
  return [operation, { serial, iqn, initiators, arrayWwns, wwns, lun, chap }];
}

/** For the simulator as a program inside the lab: `--data-plane test/lab/array/data-plane.ts`. */
export function createDataPlane(): DataPlane {
  return new LabDataPlane(new AgentClient(ARRAY_GUEST, dialArrayGuest));
}

/** Files of simulated FlashBlades, likewise. */
export function createFileDataPlane(): FileDataPlane {
  return new LabFileDataPlane(new AgentClient(ARRAY_GUEST, dialArrayGuest));
}

function dialArrayGuest(): Promise<Socket> {
  const host = managementAddress(ARRAY_GUEST);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: AGENT_PORT, noDelay: true, timeout: 5000 });
    const failed = (reason: string): void => {
      socket.destroy();
      const next = 'The lab data plane works only inside a lab: start the simulator with `npm run lab -- fleet`.';
      reject(new LabError(`The array guest ${host}:${AGENT_PORT} cannot be reached: ${reason}.`, next));
    };
    socket.once('error', error => failed(error.message));
    socket.once('timeout', () => failed('no answer within 5 s'));
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}
