import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { panicsSince } from '../lab/panics.ts';

const PANIC = '[  667.280000] Kernel panic - not syncing: Kernel mode fault at addr 0x40e';

let logs = '';
beforeEach(() => {
  logs = mkdtempSync(path.join(tmpdir(), 'lab-logs-'));
});
afterEach(() => {
  rmSync(logs, { recursive: true });
});

function write(file: string, text: string): string {
  const target = path.join(logs, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  return target;
}

it('names the guest and what its kernel said', () => {
  write('tests-1/n1.log', `lab: ready 4.33\n${PANIC}\nCPU: 0\n`);
  write('tests-1/n2.log', 'lab: ready 4.33\n');
  expect(panicsSince(0, logs)).toEqual([`tests-1/n1: ${PANIC}`]);
});

it('leaves out labs of earlier runs', () => {
  utimesSync(write('tests-1/n1.log', PANIC), 1000, 1000);
  expect(panicsSince(2_000_000, logs)).toEqual([]);
});

it('finds nothing where no lab ever ran', () => {
  expect(panicsSince(0, path.join(logs, 'none'))).toEqual([]);
});
