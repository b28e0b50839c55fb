import { describe, expect, it } from '@jest/globals';
import { readQuestion } from '../../../driver/src/array-check/read-question.ts';
import type { CheckedArray } from '../../../driver/src/domain/array-check.ts';
import { checkBody, foundLines } from './array-check.ts';

const TIB = 1024 ** 4;
const ARRAY: CheckedArray = {
  state: 'answered',
  endpoint: '192.0.2.1',
  name: 'fa1',
  kind: 'flasharray',
  model: 'FA-X70R3',
  purityVersion: '6.6.11',
  restVersion: '2.44',
  protocols: ['iscsi', 'nvme-tcp', 'fc'],
  portals: [
    { protocol: 'iscsi', address: '10.0.0.10:3260', isAllowed: true },
    { protocol: 'iscsi', address: '10.9.0.10:3260', isAllowed: false },
    { protocol: 'nvme-tcp', address: '10.0.0.11:4420', isAllowed: true },
  ],
  nodeProtocol: 'iscsi',
  capacity: { totalBytes: 20 * TIB, usedBytes: 5 * TIB, provisionedBytes: null },
  account: { user: 'pureuser', role: 'storage_admin' },
  isSavedToken: false,
  warnings: [],
};
const found = (more: Partial<CheckedArray> = {}) =>
  Object.fromEntries(foundLines({ ...ARRAY, ...more }).map(({ key, text }) => [key, text]));

describe('the question about an array', () => {
  const item = { MgmtEndPoint: '192.0.2.1', Labels: { env: 'dev' }, verifyTLS: true };

  it('is one that the driver reads, with the token that was typed', () => {
    const body = checkBody('FlashBlades', item, { APIToken: 't' });
    const question = readQuestion(JSON.stringify({ ...body, ticket: 'x' }));
    expect(question).toEqual({ ticket: 'x', list: 'FlashBlades', entry: { ...item, APIToken: 't' } });
  });

  it('has no token when none was typed', () => {
    expect(checkBody('FlashArrays', item)).toEqual({ FlashArrays: [item] });
  });
});

describe('what was found', () => {
  it('is told in the order in which people ask, portals of the cluster only', () => {
    expect(foundLines(ARRAY).map(({ key }) => key)).toEqual(['name', 'model', 'version', 'protocols', 'portals', 'capacity', 'account']); // prettier-ignore
    expect(found()).toEqual({
      name: 'fa1',
      model: 'FA-X70R3',
      version: 'Purity 6.6.11, REST 2.44',
      protocols: 'iSCSI, NVMe/TCP, Fibre Channel',
      portals: '10.0.0.10:3260',
      capacity: '5 TiB / 20 TiB (25 %)',
      account: 'pureuser, storage_admin',
    });
  });

  it('has dashes where there is nothing', () => {
    const none = { protocols: [], portals: [], capacity: { totalBytes: 0, usedBytes: 0, provisionedBytes: null } };
    expect(found(none)).toMatchObject({ protocols: '–', portals: '–', capacity: '0 B / 0 B (0 %)' });
    expect(found({ account: { user: 'someone', role: null } }).account).toBe('someone');
    expect(found({ account: null })).not.toHaveProperty('account');
  });
});
