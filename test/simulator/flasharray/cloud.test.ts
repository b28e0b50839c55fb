import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseScenario } from '../scenario.ts';
import { ArrayClient } from './array-client.ts';

const TIB = 2 ** 40;

describe('Cloud Block Store', () => {
  let client: ArrayClient;

  beforeEach(async () => {
    const cloud = { capacitySteps: [10 * TIB, 20 * TIB] };
    client = new ArrayClient({ model: 'CBS-V10MP2R2', capacityBytes: 10 * TIB, cloud });
    await client.login();
  });

  const item = async (path: string): Promise<unknown> => (await client.call('GET', path)).items[0];

  it('is known by the model of its controllers, and has two iSCSI portals', async () => {
    expect((await client.call('GET', 'controllers')).items.map(({ model }) => model)).toEqual(
      Array.from({ length: 2 }, () => 'CBS-V10MP2R2'),
    );
    expect(await item("hardware?filter=type%3D'controller'")).toMatchObject({ model: 'CBS-V10MP2R2' });
    expect((await client.call('GET', 'ports')).items).toMatchObject([
      { nqn: null, wwn: null },
      { nqn: null, wwn: null },
    ]);
  });

  it('grows by the steps that it supports, after a while', async () => {
    expect((await client.call('GET', 'arrays/cloud-capacity/supported-steps')).items).toEqual([
      { supported_capacity: 10 * TIB },
      { supported_capacity: 20 * TIB },
    ]);
    const ask = async (bytes: number): Promise<unknown> =>
      (await client.call('PATCH', 'arrays/cloud-capacity', { requested_capacity: bytes })).message;
    expect(await ask(15 * TIB)).toMatch('supported steps');
    expect(await ask(20 * TIB)).toBeUndefined();
    expect(await item('arrays/cloud-capacity')).toMatchObject({
      current_capacity: 10 * TIB,
      requested_capacity: 20 * TIB,
      status: 'expanding',
    });
    expect(await ask(20 * TIB)).toMatch('in progress');
    client.clock.advance(600_000);
    expect(await item('arrays/cloud-capacity')).toMatchObject({ current_capacity: 20 * TIB, status: 'idle' });
    expect(await item('arrays/space')).toMatchObject({ capacity: 20 * TIB });
    expect(await ask(10 * TIB)).toMatch('cannot be reduced');
  });

  it('changes its model, and keeps tags of the cloud provider', async () => {
    const config = await client.call('PATCH', 'arrays/cloud-config', { model: { requested: 'CBS-V20MP2R2' } });
    expect(config.items[0]?.model).toMatchObject({ current: 'CBS-V20MP2R2' });
    await client.call('PUT', 'arrays/cloud-provider-tags/batch', [
      { key: 'cost', value: '1' },
      { key: 'team', value: 'db' },
    ]);
    await client.call('DELETE', 'arrays/cloud-provider-tags?keys=cost');
    expect((await client.call('GET', 'arrays/cloud-provider-tags')).items).toMatchObject([
      { key: 'team', value: 'db' },
    ]);
  });

  it('is nothing that an array of metal could be asked for', async () => {
    const metal = new ArrayClient();
    await metal.login();
    expect((await metal.call('GET', 'arrays/cloud-capacity')).message).toMatch('only supported on Cloud Block Store');
  });

  it('is refused what no cloud has', () => {
    const array = { name: 'cbs', model: 'CBS-V10AR1' };
    expect(() => parseScenario({ arrays: [{ ...array, protocols: ['fc'] }] })).toThrow(
      'arrays.0.protocols = ["fc"]: a Cloud Block Store speaks iscsi and nvme-tcp only',
    );
    expect(() => parseScenario({ arrays: [{ ...array, portals: ['10.0.0.1:3260'] }] })).toThrow('two portals');
    expect(() => parseScenario({ arrays: [{ name: 'metal', cloud: {} }] })).toThrow('only for a model CBS-');
  });
});
