import Handlebars from 'handlebars';
import type { Metric } from '../../../driver/src/metrics/catalogue/metric.ts';
import { METRIC_CATALOGUE } from '../../../driver/src/metrics/metric-catalogue.ts';

const SUFFIXES: Readonly<Record<Metric['type'], readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum'],
};

/** Every series name that the catalogue allows, as a Handlebars context. */
const SERIES = Object.fromEntries(
  Object.entries<Metric>(METRIC_CATALOGUE).flatMap(([name, { type }]) =>
    SUFFIXES[type].map(suffix => [`${name}${suffix}`, `${name}${suffix}`]),
  ),
);

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `5m`, `6h`, `7d` in seconds. */
export function secondsOf(duration: string): number {
  const groups = /^(?<count>\d+)(?<unit>[smhd])$/.exec(duration)?.groups;
  const unit = SECONDS[groups?.unit ?? ''];
  if (groups?.count === undefined || unit === undefined) throw new RangeError(`${duration} is no duration like 5m.`);
  return Number(groups.count) * unit;
}

/** A duration as it is, or so much shorter: tests have no hours. */
export function scaled(duration: string, speed: number): string {
  const seconds = secondsOf(duration);
  return speed === 1 ? duration : `${Math.max(1, Math.round(seconds / speed))}s`;
}

/**
 * A PromQL expression of its template: `{{pso_array_up}}` is a series of the catalogue, `{{time "5m"}}` a duration,
 * `{{seconds "5m"}}` the same as a number. A name that the catalogue lacks throws.
 */
export function promql(template: string, speed = 1): string {
  const environment = Handlebars.create();
  environment.registerHelper('time', (duration: string) => scaled(duration, speed));
  environment.registerHelper('seconds', (duration: string) => String(secondsOf(duration) / speed));
  if (/(?<![{\w])pso_\w+/.test(template)) throw new RangeError(`Write metrics as {{name}}: ${template}`);
  return environment.compile(template, { strict: true, noEscape: true })(SERIES);
}
