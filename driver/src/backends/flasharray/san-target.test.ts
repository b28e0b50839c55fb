import { describe, expect, it } from '@jest/globals';
import type { PortItem } from '../../rest/flasharray/arrays.ts';
import { hasScsiFc, pickTarget, portalsOf } from './san-target.ts';

const fcPort = (name: string, wwn: string): PortItem => ({ name, iqn: null, nqn: null, wwn, portal: null });
const ports = [fcPort('CT1.FC0', '52:4A:93:70:00:00:00:10'), fcPort('CT0.FC0', '52:4A:93:70:00:00:00:00')];
const fc = (name: string, ...services: readonly string[]) => ({ name: name.toLowerCase(), services });
const ready = [
  { name: 'CT0', status: 'ready', model: '' },
  { name: 'CT1', status: 'ready', model: '' },
];
const wwpnsOf = (all: Parameters<typeof pickTarget>[1], controllers = ready) => {
  // No network is allowed: a Fibre Channel port has no address.
  const target = pickTarget('fc', all, controllers, () => false);
  return target?.protocol === 'fc' ? target.wwpns : null;
};

describe("an array's Fibre Channel ports", () => {
  it('are told as nodes write them', () => {
    expect(wwpnsOf({ ports, interfaces: [] })).toEqual(['524a937000000000', '524a937000000010']);
  });

  it('are left out when they carry NVMe, which shows no LUNs', () => {
    const interfaces = [fc('CT0.FC0', 'nvme-fc'), fc('CT1.FC0', 'scsi-fc')];
    expect(wwpnsOf({ ports, interfaces })).toEqual(['524a937000000010']);
    expect(portalsOf({ ports, interfaces }, () => true)).toEqual([
      { protocol: 'fc', address: '52:4A:93:70:00:00:00:10', isAllowed: true },
    ]);
    const none = { ports, interfaces: [fc('CT0.FC0', 'nvme-fc'), fc('CT1.FC0', 'nvme-fc')] };
    expect([wwpnsOf(none), hasScsiFc(none)]).toEqual([null, false]);
  });

  it('are those of a controller that is ready, as long as there is one', () => {
    const [first, second] = ready;
    if (!first || !second) throw new Error('There are two.');
    const away = { ...second, status: 'not ready' };
    expect(wwpnsOf({ ports, interfaces: [] }, [first, away])).toEqual(['524a937000000000']);
    expect(wwpnsOf({ ports, interfaces: [] }, [{ ...first, status: 'not ready' }, away])).toHaveLength(2);
  });
});
