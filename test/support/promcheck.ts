import { spawnSync } from 'node:child_process';
import { requireTool } from './require-tool.ts';

/** The metrics that Prometheus reads from a page. */
export interface ReadMetrics {
  readonly families: Readonly<Record<string, { readonly type: string; readonly unit: string; readonly help: string }>>;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Prometheus's own parsers (tools/promcheck). If they refuse something, the call throws with Prometheus's words. */
export interface Promcheck {
  metrics(text: string, contentType: string): ReadMetrics;
  /** Returns the metrics that each alert rule of a file uses. */
  rules(file: string): Readonly<Record<string, readonly string[]>>;
  /** Returns the metrics that each query uses. */
  queries(queries: readonly string[]): readonly (readonly string[])[];
}

/** @param context - `this` of the mocha hook or test. It is skipped if the tool is not built. */
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
