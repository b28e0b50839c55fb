import { describe, expect, it } from '@jest/globals';
import { isUniqueName, namesOfForeignHandle } from './foreign-handle.ts';
import { formatNodeId, nodeNamed, parseNodeId, withoutInitiator } from './node-id.ts';
import { decodePublishContext, encodePublishContext } from './publish-context.ts';
import { formatHandle, nvmeWwidOf, parseHandle, volumeOfSnapshot, wwidOf } from './volume.ts';

const arrayId = '6c4b1e3a-0000-4000-8000-00000000abcd';

describe('volume handle', () => {
  it('is parsed back', () => {
    const handle = { arrayId, name: 'k8s-pvc-1' };
    expect(parseHandle(formatHandle(handle))).toEqual(handle);
  });
  it.each(['', 'k8s-pvc-1', `${arrayId}/`, `${arrayId}/../x`, `${arrayId}/a/../b`, `${arrayId}/a,b`, `${arrayId}/-rf`])(
    'refuses %p',
    text => {
      expect(parseHandle(text)).toBeNull();
    },
  );
});

describe('a handle of another driver', () => {
  const claim = 'pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11';
  it.each([
    ['legacy-db', ['legacy-db']],
    [claim, [`k8s-${claim}`, claim]],
    [`k8s/${claim}`, [`k8s-${claim}`, `k8s/${claim}`]],
    [`k8s/${claim}.snapshot-1`, [`k8s-${claim}.snapshot-1`, `k8s/${claim}.snapshot-1`]],
    ['pod1::db', ['pod1::db']],
    ['group/db', ['group/db']],
    ['a b', []],
    ['', []],
    ['../x', []],
  ])('%s may name %j', (text, names) => {
    expect(namesOfForeignHandle(text, 'k8s')).toEqual(names);
  });
  it('is unique when it ends in a UUID', () => {
    expect(isUniqueName(`k8s-${claim}`)).toBe(true);
    expect(isUniqueName(`k8s-${claim}.s1`)).toBe(true);
    expect(isUniqueName('db')).toBe(false);
  });
});

it.each([
  ['db.s1', 'db'],
  ['pod::db.s1', 'pod::db'],
  ['pg.s1.db', 'db'],
  ['pod::pg.s1.db', 'pod::db'],
])('snapshot %s is of volume %s', (name, volume) => {
  expect(volumeOfSnapshot(name)).toBe(volume);
});

describe('node id', () => {
  it('carries the initiator', () => {
    const node = nodeNamed('n1', {
      iqn: 'iqn.2026-01.lab:n1',
      nqn: 'nqn.2014-08.org.nvmexpress:uuid:6c4b1e3a-0000-4000-8000-00000000abcd',
      wwpns: ['21000024ff000001', '21000024ff000002'],
      addresses: ['10.0.0.1', 'fd00::1'],
    });
    expect(parseNodeId(formatNodeId(node))).toEqual(node);
    expect(parseNodeId(formatNodeId(nodeNamed('n1')))).toEqual(nodeNamed('n1'));
  });
  it('leaves out addresses that would not fit, but never the first', () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `2001:db8:0:1:2:3:4:${index + 1000}`);
    const kept = parseNodeId(formatNodeId(nodeNamed('n1', { addresses }))).addresses;
    expect(kept.length).toBeGreaterThan(5);
    expect(kept).toEqual(addresses.slice(0, kept.length));
    expect(() => formatNodeId(nodeNamed('n'.repeat(240), { addresses }))).toThrow(/more than 256 bytes/);
  });
  it('refuses what no node plugin writes', () => {
    expect(() => parseNodeId('../n1')).toThrow(/not one of this driver/);
  });
});

describe('a node without a name for the protocol of an array', () => {
  it('may have the adapter, where the chart does not see what its arrays speak', () => {
    const { message, nextStep } = withoutInitiator(nodeNamed('n1'), 'fc');
    expect(message).toBe('Node n1 has no Fibre Channel port.');
    expect(nextStep).toMatch(/^Check the host bus adapter .* restart the node plugin; .* flasharray\.moreSanTypes .*/);
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
  it.each([
    context,
    {
      protocol: 'nvme-tcp',
      wwid: nvmeWwidOf('AB'.repeat(12)),
      nsid: 4294967294,
      targetNqn: 'nqn.2010-06.com.purestorage:flasharray.1',
      portals: ['10.0.0.1:4420'],
    } as const,
    {
      protocol: 'nvme-roce',
      wwid: nvmeWwidOf('AB'.repeat(12)),
      nsid: 1,
      targetNqn: 'nqn.2010-06.com.purestorage:flasharray.1',
      portals: ['10.0.0.1:4420', '[fd00::1]:4420'],
    } as const,
    { protocol: 'fc', wwid: wwidOf('AB'.repeat(12)), lun: 1, targetWwpns: ['524a937000000001'] } as const,
    {
      protocol: 'fc',
      wwid: wwidOf('AB'.repeat(12)),
      lun: 1,
      targetWwpns: ['524a937000000001', '524a937000000011'],
      peer: { lun: 4095, targetWwpns: ['524a937fffffff01'] },
    } as const,
    { protocol: 'nfs', server: 'fd00::5', exportPath: '/k8s-pvc-1', version: 'auto' } as const,
  ])('is decoded back: $protocol', each => {
    expect(decodePublishContext(encodePublishContext(each))).toEqual(each);
  });
  it.each(['0', '4294967295', '-1', ''])('refuses a namespace with nsid "%s"', nsid => {
    const nvme = { protocol: 'nvme-tcp', wwid: nvmeWwidOf('AB'.repeat(12)), targetNqn: 'nqn.a', portals: '10.0.0.1:1' };
    expect(() => decodePublishContext({ ...nvme, nsid })).toThrow('nsid');
  });
  it.each([
    ['server', '10.0.0.1 -o x'],
    ['exportPath', '/a/../b'],
    ['version', '4.0'],
  ])('refuses a file system with %s=%s', (field, value) => {
    const nfs = { protocol: 'nfs', server: 'fb.example', exportPath: '/a', version: '3' } as const;
    expect(() => decodePublishContext({ ...encodePublishContext(nfs), [field]: value })).toThrow(field);
  });
  it.each([
    ['targetWwpns', '524a937000000001,0x1'],
    ['targetWwpns', ''],
    ['peerTargetWwpns', '52:4a:93:70:00:00:00:01'],
    ['peerLun', '16384'],
  ])('refuses Fibre Channel with %s=%s', (field, value) => {
    const wwid = wwidOf('AB'.repeat(12));
    const fc = { protocol: 'fc', wwid, lun: '1', targetWwpns: '524a937000000001' };
    const peer = { peerLun: '2', peerTargetWwpns: '524a937fffffff01' };
    expect(() => decodePublishContext({ ...fc, ...peer, [field]: value })).toThrow(field);
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
