import { runCheckLayer } from './check-layer.ts';
import { runJestLayer } from './jest-layer.ts';
import type { LayerResult } from './layer-result.ts';

/** In the order of `npm test`: from fast to real. */
export const LAYERS = ['check', 'unit', 'contract', 'simulation', 'chart', 'csi', 'cluster', 'lab'] as const;
export type Layer = (typeof LAYERS)[number];

export const isLayer = (name: string): name is Layer => LAYERS.some(layer => layer === name);

/** Layers that start machines or measure: one test file at a time. */
const ONE_BY_ONE: readonly Layer[] = ['csi', 'cluster', 'lab'];

export function runLayer(layer: Layer, extra: readonly string[] = []): Promise<LayerResult> {
  if (layer === 'check') return runCheckLayer();
  return runJestLayer(layer, ONE_BY_ONE.includes(layer) ? ['--runInBand', ...extra] : extra);
}
