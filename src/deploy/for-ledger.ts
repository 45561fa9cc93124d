import type { Manifest, ManifestPackage } from './read-manifest.ts';

/** The actions that are of no use without a ledger (Cascade's memory in CouchDB), and are not deployed then. */
const NEEDS_LEDGER: readonly string[] = ['meter'];

/** The manifest as it is deployed: without COUCHDB_URL it has no action that needs a ledger. */
export function forLedger(manifest: Manifest, hasLedger: boolean): Manifest {
  if (hasLedger) return manifest;
  const { name, packages } = manifest.project;
  const left = Object.entries(packages).map(([key, each]) => [key, withoutThese(each)] as const);
  return { project: { name, packages: Object.fromEntries(left) } };
}

const withoutThese = ({ actions = {}, ...rest }: ManifestPackage): ManifestPackage => ({
  ...rest,
  actions: Object.fromEntries(Object.entries(actions).filter(([name]) => !NEEDS_LEDGER.includes(name))),
});

/** What `forLedger` leaves out without a ledger, as `package/action`. */
export const leftOutWithoutLedger = ({ project }: Manifest): readonly string[] =>
  Object.entries(project.packages).flatMap(([name, { actions = {} }]) =>
    NEEDS_LEDGER.filter((action) => Object.hasOwn(actions, action)).map((action) => `${name}/${action}`),
  );
