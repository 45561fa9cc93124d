/*
 * Prints the metrics in OpenMetrics 1.0, the text format that Prometheus and similar programs read. The web action
 * `metrics` answers with it.
 */

import type { Histogram } from './histogram.ts';
import { METRICS, type Metric, type MetricName } from './metrics.ts';

/** The values of a family's labels, in the family's order. */
export type LabelValues = readonly string[];

/** One time series of a counter or a gauge. */
export interface Sample {
  readonly labels: LabelValues;
  readonly value: number;
}

/** The time series of one histogram; the bounds are in milliseconds. */
export interface HistogramSample extends Histogram {
  readonly labels: LabelValues;
  readonly bounds: readonly number[];
}

type Samples<M extends Metric> = readonly (M['type'] extends 'histogram' ? HistogramSample : Sample)[];

/** The samples of each family. A family without samples is printed with its help all the same. */
export type AllSamples = { readonly [Name in MetricName]: Samples<(typeof METRICS)[Name]> };

/** The media type of OpenMetrics 1.0. The standard asks for this text word by word. */
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Prints samples as OpenMetrics 1.0: for each family its type, its unit if it has one, its help text and its samples.
 * `# EOF` comes at the end.
 */
export function openMetrics(samples: AllSamples): string {
  const families = Object.entries(METRICS).map(([name, metric]) => {
    const lines = samples[name as MetricName].flatMap((sample) =>
      'bounds' in sample ? histogramLines(name, metric, sample) : [sampleLine(name, metric, sample)],
    );
    return [...headOf(name, metric), ...lines].join('');
  });
  return `${families.join('')}# EOF\n`;
}

const headOf = (name: string, { type, unit, help }: Metric): string[] => [
  `# TYPE ${name} ${type}\n`,
  ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}\n`]),
  `# HELP ${name} ${escaped(help)}\n`,
];

const sampleLine = (name: string, { type, labels }: Metric, { labels: values, value }: Sample): string =>
  `${name}${type === 'counter' ? '_total' : ''}${labelSet(labels, values)} ${value}\n`;

/** The buckets of OpenMetrics are cumulative, and the last one has every duration. */
function histogramLines(
  name: string,
  { labels }: Metric,
  { labels: values, bounds, counts, sumMs }: HistogramSample,
): string[] {
  let count = 0;
  const buckets = counts.map((more, index) => {
    count += more;
    const bound = bounds[index];
    const le = bound === undefined ? '+Inf' : inSeconds(bound);
    return `${name}_bucket${labelSet([...labels, 'le'], [...values, le])} ${count}\n`;
  });
  const own = labelSet(labels, values);
  return [...buckets, `${name}_count${own} ${count}\n`, `${name}_sum${own} ${sumMs / 1_000}\n`];
}

/** The standard wants bounds as floating-point numbers. */
const inSeconds = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000}.0` : String(ms / 1_000));

const labelSet = (names: readonly string[], values: LabelValues): string =>
  names.length === 0 ? '' : `{${names.map((name, index) => `${name}="${escaped(values[index] ?? '')}"`).join(',')}}`;

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
