import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metric } from './catalogue/metric.ts';
import type { LabelsOf, MetricName, MetricOf } from './metric-catalogue.ts';
import { METRIC_CATALOGUE } from './metric-catalogue.ts';

export interface Scrape {
  readonly contentType: string;
  readonly body: string;
}

type Value = Counter | Gauge | Histogram;

function make(name: string, metric: Metric, registry: Registry): Value {
  const options = { name, help: metric.help, labelNames: [...metric.labels], registers: [registry] };
  switch (metric.type) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, buckets: [...(metric.buckets ?? [])] });
  }
}

/** Metrics of the catalogue that one process serves. Names, types and labels are checked by the compiler. */
export class MetricSet {
  readonly #registry = new Registry();
  readonly #values = new Map<string, Value>();

  constructor(names: readonly MetricName[]) {
    for (const name of names) this.#values.set(name, make(name, METRIC_CATALOGUE[name], this.#registry));
  }

  count<Name extends MetricOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#get(name, Counter).inc(labels, by);
  }

  /** For a counter that somebody else counts. */
  countTo<Name extends MetricOf<'counter'>>(name: Name, labels: LabelsOf<Name>, total: number): void {
    const counter = this.#get(name, Counter);
    counter.remove(labels);
    counter.inc(labels, total);
  }

  set<Name extends MetricOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#get(name, Gauge).set(labels, value);
  }

  observe<Name extends MetricOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#get(name, Histogram).observe(labels, value);
  }

  /** Before gauges are set anew: what is gone leaves no stale series. */
  clear(names: readonly MetricOf<'gauge'>[]): void {
    for (const name of names) this.#get(name, Gauge).reset();
  }

  async scrape(): Promise<Scrape> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #get<Kind extends Value>(name: MetricName, kind: abstract new (...args: never[]) => Kind): Kind {
    const value = this.#values.get(name);
    if (value instanceof kind) return value;
    throw new RangeError(`This process does not serve ${name}.`);
  }
}

/** Names of a chapter, with their type. */
export const namesOf = <Chapter extends Readonly<Partial<Record<MetricName, Metric>>>>(
  chapter: Chapter,
): readonly (keyof Chapter & MetricName)[] => Object.keys(chapter) as (keyof Chapter & MetricName)[];
