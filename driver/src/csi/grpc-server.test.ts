import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import type { ServiceError } from '@grpc/grpc-js';
import { Client, credentials, status } from '@grpc/grpc-js';
import { PsoError } from '../domain/errors.ts';
import {
  Controller,
  CreateVolumeRequestSchema,
  DeleteVolumeRequestSchema,
  GetCapacityRequestSchema,
  Identity,
  ProbeRequestSchema,
} from '../gen/csi_pb.js';
import type { LogFields } from '../lib/logger.ts';
import { silentLogger } from '../lib/logger.ts';
import { ManualClock } from '../lib/manual-clock.ts';
import { GrpcServer } from './grpc-server.ts';
import { bindService, serviceDefinition } from './grpc-service.ts';
import { identityService } from './identity-service.ts';
import { logCalls } from './log-calls.ts';

const clock = new ManualClock();
const CANARY = 'canary-77aa';
let dir: string;
let server: GrpcServer;
let client: Client;
let lines: { fields: LogFields; message: string }[];
/** Of each GetCapacity; one with `parameters.wait` is answered when its signal is aborted. */
let signals: AbortSignal[];

beforeEach(async () => {
  lines = [];
  signals = [];
  dir = await mkdtemp(path.join(tmpdir(), 'pso-grpc-'));
  const record = (fields: LogFields, message: string) => void lines.push({ fields, message });
  const logger = { ...silentLogger, debug: record, info: record, warn: record };
  server = new GrpcServer({
    clock: clock,
    observers: [logCalls({ logger, withRequests: true })],
  })
    .add(bindService(Identity, identityService('1.2.3')))
    .add(
      bindService(Controller, {
        createVolume: request =>
          request.name === 'full'
            ? Promise.reject(new PsoError('no-capacity', 'Array a1 is full.', 'Add one.'))
            : Promise.resolve({ volume: { volumeId: request.name, capacityBytes: 2n ** 60n } }),
        getCapacity: async ({ parameters }, { signal }) => {
          signals.push(signal);
          if (parameters.wait) await new Promise(resolve => signal.addEventListener('abort', resolve));
          return {};
        },
      }),
    );
  await server.listen(`unix://${dir}/csi.sock`);
  client = new Client(`unix://${dir}/csi.sock`, credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await server.stop(100);
  await rm(dir, { recursive: true });
});

function call(service: typeof Identity | typeof Controller, name: string, request: unknown): Promise<unknown> {
  const method = serviceDefinition(service)[name];
  if (!method) throw new Error(name);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      request,
      (error: ServiceError | null, response: unknown) => (error ? reject(error) : resolve(response)),
    );
  });
}

describe('gRPC server', () => {
  it('answers a probe', async () => {
    expect(await call(Identity, 'Probe', create(ProbeRequestSchema))).toMatchObject({ ready: true });
  });
  it('keeps 64-bit sizes exact', async () => {
    const response = await call(Controller, 'CreateVolume', create(CreateVolumeRequestSchema, { name: 'v' }));
    expect(response).toMatchObject({ volume: { volumeId: 'v', capacityBytes: 2n ** 60n } });
  });
  it('maps an error to its status and sentence, and logs no secret', async () => {
    const request = create(CreateVolumeRequestSchema, { name: 'full', secrets: { token: CANARY } });
    await expect(call(Controller, 'CreateVolume', request)).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: 'Array a1 is full. Add one.',
    });
    // Written once the answer has left.
    await eventually(() => lines.length === 2);
    expect(lines.map(line => line.message)).toEqual(['call received', 'Array a1 is full. Add one.']);
    expect(JSON.stringify(lines)).not.toContain(CANARY);
  });
  it('answers UNIMPLEMENTED for what is not there', async () => {
    await expect(call(Controller, 'DeleteVolume', create(DeleteVolumeRequestSchema))).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
    });
  });
  it('tells a handler that its caller has gone', async () => {
    const method = serviceDefinition(Controller).GetCapacity;
    if (!method) throw new Error('GetCapacity');
    const running = client.makeUnaryRequest(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      create(GetCapacityRequestSchema, { parameters: { wait: 'yes' } }),
      () => undefined,
    );
    await eventually(() => signals.length === 1);
    running.cancel();
    await eventually(() => signals[0]?.aborted === true);
    expect(signals[0]?.reason).toMatchObject({ code: 'timeout' });
  });
  it('leaves the signal of an answered call alone', async () => {
    await call(Controller, 'GetCapacity', create(GetCapacityRequestSchema));
    await call(Identity, 'Probe', create(ProbeRequestSchema));
    await sleep(20);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

async function eventually(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !isSo(); turn += 1) await sleep(10);
  expect(isSo()).toBe(true);
}
