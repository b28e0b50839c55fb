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
  it('takes no arrays for fine', () => {
    expect(loadFleet('{}', { iscsiAllowedCidrs: [] })).toEqual({ arrays: [], problems: [] });
  });
});
