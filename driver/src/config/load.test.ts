import { describe, expect, it } from '@jest/globals';
import { loadFleet } from './load.ts';

const TOKEN = 'canary-3b0c-9d';
const good = { MgmtEndPoint: '10.0.0.1', APIToken: TOKEN, Labels: { env: 'dev', rack: 22 } };
const load = (...FlashArrays: unknown[]) => loadFleet(JSON.stringify({ FlashArrays }), { iscsiAllowedCidrs: [] });

describe('loadFleet', () => {
  it('reads PSO items with null or integer labels', () => {
    const fleet = load(good, { ...good, MgmtEndPoint: '10.0.0.2', Labels: null });
    expect(fleet.problems).toEqual([]);
    expect(fleet.arrays.map(({ endpoint, labels, verifyTls }) => ({ endpoint, labels, verifyTls }))).toEqual([
      { endpoint: '10.0.0.1', labels: { env: 'dev', rack: '22' }, verifyTls: true },
      { endpoint: '10.0.0.2', labels: {}, verifyTls: true },
    ]);
  });
  it('takes the protocol of an array before that of the cluster', () => {
    const items = [good, { ...good, MgmtEndPoint: '10.0.0.2', SanType: 'NVMEOF-RDMA' }];
    const fleet = loadFleet(JSON.stringify({ FlashArrays: items }), { iscsiAllowedCidrs: [], sanType: 'fc' });
    expect(fleet.arrays.map(({ sanType }) => sanType)).toEqual(['fc', 'nvme-roce']);
    const wrong = load({ ...good, SanType: 'usb' });
    expect(wrong.problems[0]?.sentence).toMatch(/SanType is "usb": .*NVMEOF-TCP/);
  });
  it('isolates a bad item by field and value, and keeps the good one', () => {
    const fleet = load({ ...good, MgmtEndPoint: 'https://10.0.0.9' }, good);
    expect(fleet.arrays).toHaveLength(1);
    expect(fleet.problems[0]?.sentence).toMatch(/MgmtEndPoint is "https:\/\/10.0.0.9": .*without https/);
  });
  it.each([{ ...good, APIToken: `${TOKEN} x` }, { ...good, verifyTLS: 'yes' }, good])('never prints a token', item => {
    const fleet = load(good, item);
    expect(fleet.problems).toHaveLength(1);
    expect(JSON.stringify(fleet.problems)).not.toContain(TOKEN);
  });
  it('does not quote a broken file', () => {
    const fleet = loadFleet(`{"FlashArrays":[{"APIToken":"${TOKEN}"`, { iscsiAllowedCidrs: [] });
    expect(fleet.arrays).toEqual([]);
    expect(fleet.problems[0]?.sentence).toMatch(/no JSON object/);
    expect(JSON.stringify(fleet)).not.toContain(TOKEN);
  });
  it.each([
    [{ NFSEndPoint: '10.0.0.9' }, '10.0.0.9'],
    [{ NfsEndPoint: 'fb-data.example' }, 'fb-data.example'],
    [{ NFSEndPoint: '', NfsEndPoint: '[fd00::9]' }, 'fd00::9'],
    [{ NFSEndPoint: '' }, null],
    [{}, null],
  ])('reads a FlashBlade with %j', (more, nfsEndpoint) => {
    const fleet = loadFleet(
      JSON.stringify({ FlashArrays: [good], FlashBlades: [{ ...good, MgmtEndPoint: 'fb1', ...more }] }),
      {
        iscsiAllowedCidrs: [],
      },
    );
    expect(fleet.problems).toEqual([]);
    expect(fleet.arrays.map(({ endpoint, kind }) => [endpoint, kind])).toEqual([
      ['10.0.0.1', 'flasharray'],
      ['fb1', 'flashblade'],
    ]);
    expect(fleet.arrays[1]).toMatchObject({ nfsEndpoint, labels: { env: 'dev', rack: '22' } });
  });
  it('isolates a bad FlashBlade, and one that another list has already', () => {
    const blades = [
      { ...good, NFSEndPoint: '10.0.0.9:2049', MgmtEndPoint: 'fb1' },
      good,
      { ...good, MgmtEndPoint: 'fb2' },
    ];
    const fleet = loadFleet(JSON.stringify({ FlashArrays: [good], FlashBlades: blades }), { iscsiAllowedCidrs: [] });
    expect(fleet.arrays.map(({ endpoint }) => endpoint)).toEqual(['10.0.0.1', 'fb2']);
    expect(fleet.problems.map(({ where, sentence }) => `${where} ${sentence}`)).toEqual([
      expect.stringMatching(
        /^FlashBlades\[0\] .*NFSEndPoint is "10.0.0.9:2049": must be .*without a port.*arrays.FlashBlades/,
      ),
      expect.stringMatching(/^FlashBlades\[1\] .*which an earlier entry has/),
    ]);
    expect(JSON.stringify(fleet.problems)).not.toContain(TOKEN);
  });
  it('takes no arrays for fine', () => {
    expect(loadFleet('{}', { iscsiAllowedCidrs: [] })).toEqual({ arrays: [], problems: [] });
  });
});
