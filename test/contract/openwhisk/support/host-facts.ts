import { send } from '../../../local/host/support/send.ts';
import { basic } from '../../../support/openwhisk-entities.ts';
import type { Place } from './place.ts';

/** What a host says of itself. */
export interface HostFacts {
  /** The key's namespace. */
  readonly ns: string;
  /** `nodejs:20` if the host has it, else the host's default kind for Node. */
  readonly kind: string;
  /** Every kind that the host runs. */
  readonly kinds: readonly string[];
  readonly invokesPerMinute: number;
  readonly firesPerMinute: number;
  readonly concurrent: number;
  readonly maxTimeoutMs: number;
  readonly maxMemoryMb: number;
  readonly maxConcurrency: number;
  readonly sequenceLength: number;
}

interface Runtime {
  readonly kind: string;
  readonly default?: boolean;
}

/** Reads `GET /`, the key's namespaces, and the namespace's limits. */
export async function readHostFacts({ url, auth }: Place): Promise<HostFacts> {
  const read = async (path: string) => {
    const { status, text } = await send(`${url}${path}`, { headers: { authorization: basic(auth) } });
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return JSON.parse(text);
  };
  const { limits: whole, runtimes } = await read('/');
  const [ns] = await read('/api/v1/namespaces');
  const own = await read('/api/v1/namespaces/_/limits');
  const nodes = runtimes.nodejs as readonly Runtime[];
  const node = nodes.find(({ kind }) => kind === 'nodejs:20') ?? nodes.find((runtime) => runtime.default === true);
  return {
    ns,
    kind: node?.kind ?? 'nodejs:20',
    kinds: (Object.values(runtimes) as readonly Runtime[][]).flat().map(({ kind }) => kind),
    invokesPerMinute: own.invocationsPerMinute ?? whole.actions_per_minute,
    firesPerMinute: own.firesPerMinute ?? whole.triggers_per_minute,
    concurrent: own.concurrentInvocations ?? whole.concurrent_actions,
    maxTimeoutMs: own.maxActionTimeout ?? whole.max_action_duration,
    maxMemoryMb: own.maxActionMemory ?? whole.max_action_memory / 1_048_576,
    maxConcurrency: own.maxActionConcurrency ?? 1,
    sequenceLength: whole.sequence_length,
  };
}
