import { runCheckLayer } from './check-layer.ts';
import { runJestLayer } from './jest-layer.ts';
import type { Write } from './command.ts';
import { withoutLeftovers } from './lab-leftovers.ts';
import type { LayerResult } from './layer-result.ts';

/** In the order of `npm test`: from fast to real. */
export const LAYERS = [
  'check',
  'unit',
  'ui',
  'contract',
  'simulation',
  'chart',
  'csi',
  'rancher',
  'cluster',
  'lab',
] as const;
export type Layer = (typeof LAYERS)[number];

export const isLayer = (name: string): name is Layer => LAYERS.some(layer => layer === name);

/** Layers that start machines: one test file at a time, each case with its seconds, and nothing may be left. */
const USING_LAB: readonly Layer[] = ['rancher', 'csi', 'cluster', 'lab'];

const ONE_AT_A_TIME = ['--runInBand', '--verbose', '--testSequencer=./test/run/path-order.ts'];

/** What the extension's forms and modules have to keep; asked only when all of them run. */
const UI_COVERAGE = [
  '--coverage',
  '--coverageProvider=v8',
  '--coverageReporters=text-summary',
  '--collectCoverageFrom=pkg/pso-ui/{forms,modules}/**/*.ts',
  '--coverageThreshold={"global":{"statements":90}}',
];

export function runLayer(layer: Layer, extra: readonly string[] = [], write?: Write): Promise<LayerResult> {
  if (layer === 'check') return runCheckLayer();
  if (layer === 'ui' && extra.length === 0) return runJestLayer(layer, UI_COVERAGE, write);
  if (!USING_LAB.includes(layer)) return runJestLayer(layer, extra, write);
  return withoutLeftovers(() => runJestLayer(layer, [...ONE_AT_A_TIME, ...extra], write));
}
