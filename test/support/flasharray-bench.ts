import { ManualClock } from './manual-clock.ts';
import { nodeNamed } from '../../driver/src/domain/node-id.ts';
import { items, ScriptedTransport, TOKEN } from './scripted-transport.ts';
import { FlashArrayBackend } from '../../driver/src/backends/flasharray/flasharray-backend.ts';
import type { ArrayConnection, CallContext, CreateVolumeSpec } from '../../driver/src/backends/backend.ts';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { seededRandom } from '../../driver/src/lib/random.ts';

export const ARRAY_ID = '6c1b16ce-1c03-4d1c-b974-33405cf8d565';
export const NAME = 'k8s-pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11';
export const SERIAL = '6C1B16CE1C034D1C00013918';
export const IQN = 'iqn.2026-01.lab:n1';
export const node = nodeNamed('n1', { iqn: IQN });

const connection: ArrayConnection = {
  endpoint: 'fa1',
  kind: 'flasharray',
  labels: {},
  cordoned: false,
  apiToken: TOKEN,
  caBundle: null,
  certificateSha256: null,
  verifyTls: true,
  iscsiAllowedCidrs: [],
  nfsEndpoint: null,
};

export const spec: CreateVolumeSpec = {
  name: NAME,
  sizeBytes: GiB,
  qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 },
  source: { kind: 'blank' },
  fileSystem: null,
  tags: { claim: 'default/db' },
};

/** A volume and a connection as the array lists them. */
export const volume = (more: object = {}) => ({
  name: NAME,
  serial: SERIAL,
  provisioned: GiB,
  created: 1_700_000_000_000,
  destroyed: false,
  time_remaining: null,
  source: { name: null, id: null },
  qos: { bandwidth_limit: null, iops_limit: null },
  connection_count: 0,
  ...more,
});
export const link = (host: string, lun = 1) => ({
  host: { name: host },
  host_group: { name: null },
  volume: { name: NAME },
  lun,
});

/** The backend before an array that says what the test tells it; identity, ports and one host are there. */
export class FlashArrayBench {
  readonly clock = new ManualClock();
  readonly array = new ScriptedTransport()
    .on('GET /arrays', items({ id: ARRAY_ID, name: 'fa1', version: '6.6.11' }))
    .on(
      'GET /ports',
      items(
        { name: 'CT0.ETH4', iqn: 'iqn.2010-06.com.purestorage:flasharray.1', portal: '10.0.0.10:3260' },
        { name: 'CT1.ETH4', iqn: 'iqn.2010-06.com.purestorage:flasharray.1', portal: '10.0.1.10:3260' },
        { name: 'CT0.ETH5', nqn: 'nqn.1', portal: '10.0.0.11:4420' },
      ),
    )
    .on('GET /hosts', items({ name: 'n1', iqns: [IQN], is_local: true }));
  readonly backend = this.open();

  open(more: Partial<ArrayConnection> = {}): FlashArrayBackend {
    return new FlashArrayBackend(
      { ...connection, ...more },
      { clock: this.clock, random: seededRandom(1), transportFactory: () => this.array, userAgent: 'test/1' },
    );
  }

  readonly call = (): CallContext => ({
    requestId: 'r1',
    deadlineMs: this.clock.nowMs() + 20_000,
    signal: new AbortController().signal,
  });

  /** Brings the backend to where identity, ports and host are known, and forgets those calls. */
  async warm(): Promise<void> {
    this.array.on('POST /connections', items(link('n1'))).on('GET /volumes', items(volume()));
    await this.backend.findVolume(NAME, this.call());
    await this.backend.publish({ volumeName: NAME, node, isSingleNode: false }, this.call());
    this.array.calls.length = 0;
  }

  /** The error of a call that must fail; time runs meanwhile. */
  async failure(promise: Promise<unknown>): Promise<PsoError> {
    const caught = promise.catch((error: unknown) => error);
    await this.clock.advance(30_000);
    const error = await caught;
    if (error instanceof PsoError) return error;
    throw new Error(`expected a PsoError, got ${JSON.stringify(error)}`);
  }
}
