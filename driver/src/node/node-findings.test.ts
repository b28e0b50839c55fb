import { describe, expect, it } from '@jest/globals';
import { nodeFindings, nodePaths } from './node-findings.ts';

const basics = { initiators: { iqn: 'iqn.2026-01.lab:n1' }, addresses: ['10.0.0.1'], sanType: 'iscsi' } as const;
const well = { sessions: [], controllers: [], volumes: [] };
const volume = (running: number, down: number) => ({ wwid: `36${running}${down}`, running, down });
const sessions = (...loggedIn: readonly boolean[]) => loggedIn.map(isLoggedIn => ({ isLoggedIn }));
const summary = (...of: Parameters<typeof nodeFindings>) =>
  nodeFindings(...of).map(({ check, severity }) => `${check} ${severity}`);

describe('nodeFindings', () => {
  it('has none of a node that is well', () => {
    expect(nodeFindings(basics, { ...well, sessions: sessions(true, true), volumes: [volume(2, 0)] })).toEqual([]);
  });

  it('names what a node lacks to reach any array', () => {
    expect(summary({ ...basics, initiators: {}, addresses: [] }, well)).toEqual([
      'initiator Error',
      'node-address Error',
    ]);
  });

  it('asks for the name that the protocol wants', () => {
    const lacks = { ...basics, sanType: 'nvme-tcp' } as const;
    expect(nodeFindings(lacks, well)[0]?.message).toContain('/etc/nvme/hostnqn');
    expect(nodeFindings({ ...lacks, initiators: { nqn: 'nqn.x' } }, well)).toEqual([]);
    expect(summary({ ...basics, sanType: 'fc' }, well)).toEqual(['initiator Error']);
  });

  it('tells a lost path from a lost volume, and a session from all of them', () => {
    const health = { ...well, sessions: sessions(true, false), volumes: [volume(1, 1), volume(0, 2), volume(2, 0)] };
    expect(summary(basics, health)).toEqual([
      'iscsi-sessions Warning',
      'multipath-paths Warning',
      'multipath-paths Error',
    ]);
    expect(nodeFindings(basics, health)[1]?.message).toContain('1 of 2 paths to the volume with WWID 3611 are down');
    expect(summary(basics, { ...well, sessions: sessions(false) })).toEqual(['iscsi-sessions Error']);
    expect(nodePaths(health)).toEqual({ sessions: 2, sessionsDown: 1, volumes: 3, pathsDown: 3 });
  });

  it('counts controllers of NVMe/TCP among the sessions', () => {
    const health = { ...well, sessions: sessions(true), controllers: [{ isLive: true }, { isLive: false }] };
    expect(summary(basics, health)).toEqual(['nvme-controllers Warning']);
    expect(summary(basics, { ...well, controllers: [{ isLive: false }] })).toEqual(['nvme-controllers Error']);
    expect(nodePaths(health)).toEqual({ sessions: 3, sessionsDown: 1, volumes: 0, pathsDown: 0 });
  });

  it('stays small when a switch takes a path of each volume', () => {
    const volumes = Array.from({ length: 250 }, () => volume(1, 1));
    expect(nodeFindings(basics, { ...well, volumes })).toHaveLength(10);
  });
});
