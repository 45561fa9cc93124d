import { type AskOptions, askHost } from './ask-host.ts';
import type { HostSettings } from './host-settings.ts';
import type { Manifest } from './manifest-schema.ts';

/** The URL of everything in a manifest that the web can reach; without them where the namespace's name cannot be had. */
export async function webAddresses(
  { project }: Manifest,
  settings: HostSettings,
  options: AskOptions,
): Promise<readonly string[]> {
  const namespace = settings.namespace === '_' ? await ownNamespace(settings, options) : settings.namespace;
  if (namespace === undefined) return [];
  return Object.entries(project.packages).flatMap(([name, { sequences = {}, actions = {} }]) =>
    [...Object.entries(sequences), ...Object.entries(actions)]
      .filter(([, { web }]) => web !== undefined && web !== false)
      .map(([entity]) => `${settings.host.origin}/api/v1/web/${namespace}/${name}/${entity}`),
  );
}

/** The key's namespace, as the host calls it; undefined for any answer but a list with a name. */
async function ownNamespace({ host, auth }: HostSettings, options: AskOptions): Promise<string | undefined> {
  try {
    const { body } = await askHost(new URL('/api/v1/namespaces', host), { ...options, auth });
    const [first]: unknown[] = [JSON.parse(body)].flat();
    return typeof first === 'string' && first !== '' ? encodeURIComponent(first) : undefined;
  } catch {
    return undefined; // a convenience: what was deployed stays deployed
  }
}
