type Json = Readonly<Record<string, unknown>>;

/** Fields that the host changes with each deployment. */
const CHANGING = new Set(['version', 'updated']);

/** Lists whose order means nothing (facts: "Order is never asserted"). */
const UNORDERED = new Set(['annotations', 'parameters', 'actions']);

/**
 * Reads every list and every entity of a host's namespace, by path. It leaves out versions and times, and sorts
 * unordered lists.
 */
export async function readEverything(url: string, auth: string): Promise<Readonly<Record<string, unknown>>> {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/namespaces/_/${path}`, {
      headers: { authorization: `Basic ${Buffer.from(auth).toString('base64')}` },
    });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return response.json();
  };
  const found: Record<string, unknown> = {};
  for (const kind of ['packages', 'actions', 'triggers', 'rules']) {
    const list = (await get(`${kind}?limit=200`)) as readonly Json[];
    found[kind] = settled(list);
    for (const { namespace, name } of list) {
      const [, packageName] = String(namespace).split('/');
      const path = [kind, packageName, name].filter((part) => part !== undefined).join('/');
      found[path] = settled(await get(path));
    }
  }
  return found;
}

function settled(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => settled(item));
    // A sequence's components keep their order; lists of entities, annotations and parameters have none.
    return key === '' || UNORDERED.has(key) ? items.sort((a, b) => sortKey(a).localeCompare(sortKey(b))) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !CHANGING.has(name));
  return Object.fromEntries(kept.map(([name, item]) => [name, settled(item, name)]));
}

const sortKey = (item: unknown): string => {
  const { key, name } = (item ?? {}) as Json;
  return String(key ?? name ?? JSON.stringify(item));
};
