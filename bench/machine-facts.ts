import { availableParallelism, cpus, loadavg } from 'node:os';

/** Describes the machine and how busy it was. Without that, absolute times mean little. */
export function machineFacts(): string {
  const [model = 'unknown processor'] = cpus().map((cpu) => cpu.model.trim());
  const load = loadavg().map((value) => value.toFixed(1));
  return `${availableParallelism()} cores (${model}), Node ${process.versions.node}, load ${load.join(' ')}`;
}
