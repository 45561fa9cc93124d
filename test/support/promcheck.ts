import { spawnSync } from 'node:child_process';
import { requireTool } from './require-tool.ts';

/** What Prometheus reads from a page of metrics. */
export interface ReadMetrics {
  readonly families: Readonly<Record<string, { readonly type: string; readonly unit: string; readonly help: string }>>;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Prometheus's own parsers (tools/promcheck). Each call throws with Prometheus's words for what it refuses. */
export interface Promcheck {
  metrics(text: string, contentType: string): ReadMetrics;
  /** The metrics that each alert rule of a file asks for. */
  rules(file: string): Readonly<Record<string, readonly string[]>>;
  /** The metrics that each query asks for. */
  queries(queries: readonly string[]): readonly (readonly string[])[];
}

/** @param context - `this` of the mocha hook or test, which is skipped if the tool is not built. */
export function promcheck(context: Mocha.Context): Promcheck {
  const tool = requireTool(context, 'promcheck');
  const ask = <T>(args: readonly string[], input = ''): T => {
    const { status, stdout, stderr } = spawnSync(tool, args, { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  return {
    metrics: (text, contentType) => ask(['metrics', contentType], text),
    rules: (file) => ask(['rules', file]),
    queries: (queries) => ask(['queries'], JSON.stringify(queries)),
  };
}
