import { describe, expect, it } from '@jest/globals';
import { formatNodeId, parseNodeId } from './node-id.ts';
import { decodePublishContext, encodePublishContext } from './publish-context.ts';
import { formatHandle, parseHandle, wwidOf } from './volume.ts';

const arrayId = '6c4b1e3a-0000-4000-8000-00000000abcd';

describe('volume handle', () => {
  it('is parsed back', () => {
    const handle = { arrayId, name: 'k8s-pvc-1' };
    expect(parseHandle(formatHandle(handle))).toEqual(handle);
  });
  it.each(['', 'k8s-pvc-1', `${arrayId}/`, `${arrayId}/../x`, `${arrayId}/a,b`, `${arrayId}/-rf`])(
    'refuses %p',
    text => {
      expect(parseHandle(text)).toBeNull();
    },
  );
});

describe('node id', () => {
  it('carries the initiator', () => {
    expect(parseNodeId(formatNodeId({ name: 'n1', iqn: 'iqn.2026-01.lab:n1' }))).toEqual({
      name: 'n1',
      iqn: 'iqn.2026-01.lab:n1',
    });
  });
  it('refuses what no node plugin writes', () => {
    expect(() => parseNodeId('../n1')).toThrow(/not one of this driver/);
  });
});

describe('publish context', () => {
  const context = {
    protocol: 'iscsi',
    wwid: wwidOf('AB'.repeat(12)),
    lun: 7,
    targetIqn: 'iqn.2010-06.com.purestorage:flasharray.1',
    portals: ['10.0.0.1:3260', '[fd00::1]:3260'],
  } as const;
  it('is decoded back', () => {
    expect(decodePublishContext(encodePublishContext(context))).toEqual(context);
  });
  it.each([
    ['wwid', '3624a9370; rm'],
    ['lun', '-1'],
    ['portals', '10.0.0.1:3260 -x'],
    ['protocol', 'nvme'],
  ])('refuses %s=%s', (field, value) => {
    expect(() => decodePublishContext({ ...encodePublishContext(context), [field]: value })).toThrow(field);
  });
});
