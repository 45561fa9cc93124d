import { availableParallelism, cpus, loadavg } from 'node:os';

/** What the figures were measured on, and how busy it was: absolute times mean little without it. */
export function machineFacts(): string {
  const [model = 'unknown processor'] = cpus().map((cpu) => cpu.model.trim());
  const load = loadavg().map((value) => value.toFixed(1));
  return `${availableParallelism()} cores (${model}), Node ${process.versions.node}, load ${load.join(' ')}`;
}
