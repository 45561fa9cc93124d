import type { OutboxDatabase, Unsent } from '../../dashboard/replica/outbox.ts';

const devices = new Map<string, { readonly kept: Map<string, Unsent>; readonly tabs: Set<() => void> }>();

/**
 * Opens an outbox's database in memory, for tests without a browser. It keeps the contract of `OutboxDatabase`.
 *
 * @param device - tabs with the same name share the documents.
 */
export function memoryOutbox(device: string): OutboxDatabase {
  const known = devices.get(device) ?? { kept: new Map<string, Unsent>(), tabs: new Set<() => void>() };
  devices.set(device, known);
  const { kept, tabs } = known;
  let watching: (() => void) | undefined;
  const change = async (work: () => void): Promise<void> => {
    work();
    for (const each of tabs) if (each !== watching) each();
  };
  const close = async (): Promise<void> => {
    if (watching !== undefined) tabs.delete(watching);
  };
  return {
    all: async () => [...kept].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, unsent]) => unsent),
    add: (documents) =>
      change(() => {
        for (const document of documents) kept.set(document._id, { document });
      }),
    refuse: (unsent) =>
      change(() => {
        if (kept.has(unsent.document._id)) kept.set(unsent.document._id, unsent);
      }),
    drop: (id) => change(() => void kept.delete(id)),
    watch(act) {
      watching = act;
      tabs.add(act);
    },
    close,
    async destroy() {
      await close();
      devices.delete(device);
    },
  };
}
