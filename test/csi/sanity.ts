import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import { GrpcServer } from '../../driver/src/csi/grpc-server.ts';
import { bindService } from '../../driver/src/csi/grpc-service.ts';
import { identityService } from '../../driver/src/csi/identity-service.ts';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { Identity, Node } from '../../driver/src/gen/csi_pb.js';

export interface SanityResult {
  readonly passed: number;
  readonly failed: number;
  /** Its report, for people. */
  readonly output: string;
}

/**
 * csi-sanity asks a node for its id before it publishes, and cleans up there: this one has a name for each
 * protocol, an address and nothing else.
 */
export async function startNodeStub(endpoint: string): Promise<GrpcServer> {
  const nodeId = formatNodeId(
    nodeNamed('n1', {
      iqn: 'iqn.2026-01.lab:n1',
      nqn: 'nqn.2026-01.lab:n1',
      wwpns: ['2100000e1e30a1b2', '2100000e1e30a1b3'],
      addresses: ['10.0.0.1'],
    }),
  );
  const server = new GrpcServer({ clock: systemClock, observers: [] })
    .add(bindService(Identity, identityService('0.0.0')))
    .add(
      bindService(Node, {
        nodeGetInfo: () => Promise.resolve({ nodeId }),
        nodeGetCapabilities: () => Promise.resolve({}),
        nodeUnpublishVolume: () => Promise.resolve({}),
        nodeUnstageVolume: () => Promise.resolve({}),
      }),
    );
  await server.listen(endpoint);
  return server;
}

export interface SanityOptions {
  readonly binary: string;
  readonly dir: string;
  readonly controllerEndpoint: string;
  readonly nodeEndpoint: string;
  readonly accessType?: 'mount' | 'block';
  /** Of the class; else block. */
  readonly backend?: 'block' | 'file';
  /** Parts of the names of cases that the array cannot do. */
  readonly impossible?: readonly string[];
}

/** Runs every case that needs no real node. */
export async function runControllerSanity(options: SanityOptions): Promise<SanityResult> {
  const mutable = path.join(options.dir, 'mutable.yaml');
  await writeFile(mutable, 'iops_limit: "5000"\n');
  const parameters = path.join(options.dir, 'parameters.yaml');
  await writeFile(parameters, `backend: ${options.backend ?? 'block'}\n`);
  const args = [
    `--csi.controllerendpoint=${options.controllerEndpoint}`,
    `--csi.endpoint=${options.nodeEndpoint}`,
    `--csi.mountdir=${path.join(options.dir, 'mount')}`,
    `--csi.stagingdir=${path.join(options.dir, 'stage')}`,
    `--csi.testvolumemutableparameters=${mutable}`,
    `--csi.testvolumeparameters=${parameters}`,
    `--csi.testvolumeaccesstype=${options.accessType ?? 'mount'}`,
    `--ginkgo.skip=${['Node Service', ...(options.impossible ?? [])].join('|')}`,
    '--ginkgo.no-color',
  ];
  const output = await new Promise<string>(resolve => {
    execFile(options.binary, args, { timeout: 300_000, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  const match = /(\d+) Passed \| (\d+) Failed/.exec(output);
  return { passed: Number(match?.[1] ?? 0), failed: Number(match?.[2] ?? -1), output };
}
