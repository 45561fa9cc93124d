/** What lies between the devices of some people and the store. A test decides what passes. */
export interface FickleNetwork {
  /** From now on nothing of this person passes, as in a tunnel: a request waits, and a PUT fails. */
  cut(user: string): void;
  /** From now on everything of this person passes, also what has waited. */
  mend(user: string): void;
  /** The answer to the person's next PUT is lost. The store gets the PUT. */
  loseAnswer(user: string): void;
  /** How many answers to PUTs were lost, and how many PUTs failed. */
  readonly lost: { answers: number; requests: number };
  /** Gives the process its own `fetch` back. */
  close(): void;
}

/** Puts a network between this process and the world: it replaces `fetch`. People are told apart by their login. */
export function fickleNetwork(users: readonly string[]): FickleNetwork {
  const { fetch: real } = globalThis;
  const waiting = new Map<string, { readonly mended: Promise<void>; readonly mend: () => void }>();
  const losing = new Set<string>();
  const lost = { answers: 0, requests: 0 };
  const userOf = (options?: RequestInit): string | undefined => {
    const header = new Headers(options?.headers).get('authorization') ?? '';
    const [user = ''] = Buffer.from(header.slice('Basic '.length), 'base64').toString().split(':');
    return users.find((each) => each === user);
  };
  globalThis.fetch = async (url, options) => {
    const user = userOf(options);
    if (user === undefined) return real(url, options);
    const isPut = options?.method === 'PUT';
    if (isPut && waiting.has(user)) {
      lost.requests += 1;
      throw new TypeError('fetch failed');
    }
    await waiting.get(user)?.mended;
    const answer = await real(url, options);
    // A tunnel also keeps the answer to a request from before it.
    await waiting.get(user)?.mended;
    if (!isPut || !losing.delete(user)) return answer;
    await answer.arrayBuffer();
    lost.answers += 1;
    throw new TypeError('fetch failed');
  };
  return {
    cut(user) {
      if (waiting.has(user)) return;
      let mend = (): void => {};
      const mended = new Promise<void>((resolve) => {
        mend = resolve;
      });
      waiting.set(user, { mended, mend });
    },
    mend(user) {
      waiting.get(user)?.mend();
      waiting.delete(user);
    },
    loseAnswer: (user) => void losing.add(user),
    lost,
    close() {
      for (const { mend } of waiting.values()) mend();
      globalThis.fetch = real;
    },
  };
}
