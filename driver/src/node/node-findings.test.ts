import { describe, expect, it } from '@jest/globals';
import { nodeFindings, nodePaths } from './node-findings.ts';

const basics = { initiators: { iqn: 'iqn.2026-01.lab:n1' }, addresses: ['10.0.0.1'], sanTypes: ['iscsi'] } as const;
const well = { sessions: [], controllers: [], fcPorts: [], fcPaths: [], rdmaDevices: [], volumes: [] };
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
    const lacks = { ...basics, sanTypes: ['nvme-tcp'] } as const;
    expect(nodeFindings(lacks, well)[0]?.message).toContain('/etc/nvme/hostnqn');
    expect(nodeFindings({ ...lacks, initiators: { nqn: 'nqn.x' } }, well)).toEqual([]);
    expect(summary({ ...basics, sanTypes: ['fc'] }, well)).toEqual(['initiator Error']);
  });

  it('warns of one protocol of several, whose arrays may be elsewhere', () => {
    expect(summary({ ...basics, sanTypes: ['iscsi', 'fc'] }, well)).toEqual(['initiator Warning']);
    expect(summary({ ...basics, initiators: {}, sanTypes: ['iscsi', 'nvme-tcp'] }, well)).toEqual([
      'initiator Warning',
      'initiator Warning',
    ]);
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

  it('counts NVMe controllers among the sessions', () => {
    const health = { ...well, sessions: sessions(true), controllers: [{ isLive: true }, { isLive: false }] };
    expect(summary(basics, health)).toEqual(['nvme-controllers Warning']);
    expect(summary(basics, { ...well, controllers: [{ isLive: false }] })).toEqual(['nvme-controllers Error']);
    expect(nodePaths(health)).toEqual({ sessions: 3, sessionsDown: 1, volumes: 0, pathsDown: 0 });
  });

  it('tells Fibre Channel ports without any link from paths that are away', () => {
    const node = { ...basics, initiators: { wwpns: ['w1', 'w2'] }, sanTypes: ['fc'] } as const;
    const ports = (...online: readonly boolean[]) =>
      online.map((isOnline, index) => ({ wwpn: `w${index + 1}`, isOnline }));
    expect(nodeFindings(node, { ...well, fcPorts: ports(true, false), fcPaths: [{ isOnline: true }] })).toEqual([]);
    const dark = { ...well, fcPorts: ports(false, false), fcPaths: [{ isOnline: false }] };
    expect(summary(node, dark)).toEqual(['fc-ports Error', 'fc-paths Error']);
    expect(nodeFindings(node, dark)[0]?.message).toContain('(w1, w2) has a link');
    expect(summary(basics, { ...well, fcPorts: ports(false) })).toEqual([]);
    const half = { ...well, fcPaths: [{ isOnline: true }, { isOnline: false }] };
    expect(summary(node, half)).toEqual(['fc-paths Warning']);
    expect(nodePaths(half)).toEqual({ sessions: 2, sessionsDown: 1, volumes: 0, pathsDown: 0 });
  });

  it('tells a node without RDMA device from one whose devices have no link, where RoCE is wanted', () => {
    const node = { ...basics, initiators: { nqn: 'nqn.x' }, sanTypes: ['nvme-roce'] } as const;
    const devices = (...active: readonly boolean[]) => ({
      ...well,
      rdmaDevices: active.map((isActive, index) => ({ name: `mlx5_${index}`, isActive })),
    });
    expect(nodeFindings(node, devices(true, false))).toEqual([]);
    expect(nodeFindings({ ...node, sanTypes: ['nvme-tcp'] }, well)).toEqual([]);
    expect(summary(node, well)).toEqual(['rdma-devices Error']);
    expect(nodeFindings(node, well)[0]?.message).toContain('no RDMA device');
    expect(summary(node, devices(false, false))).toEqual(['rdma-devices Error']);
    expect(nodeFindings(node, devices(false, false))[0]?.message).toContain('(mlx5_0, mlx5_1) has a link');
    expect(summary({ ...node, initiators: {} }, devices(true))).toEqual(['initiator Error']);
  });

  it('stays small when a switch takes a path of each volume', () => {
    const volumes = Array.from({ length: 250 }, () => volume(1, 1));
    expect(nodeFindings(basics, { ...well, volumes })).toHaveLength(10);
  });
});
