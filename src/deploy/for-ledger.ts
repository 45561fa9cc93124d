import type { Manifest, ManifestPackage } from './read-manifest.ts';

/**
 * The actions that deployment leaves out without a ledger (Cascade's memory in CouchDB). `meter` counts in it how often
 * actions run.
 */
const NEEDS_LEDGER: readonly string[] = ['meter'];

/**
 * The manifest as deployment uses it. Without a ledger it lacks the actions of `NEEDS_LEDGER`, which could only fail.
 */
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

/**
 * The actions that `forLedger` leaves out without a ledger, as `package/action`. Deployment takes them off the host, if
 * an earlier deployment had a ledger.
 */
export const leftOutWithoutLedger = ({ project }: Manifest): readonly string[] =>
  Object.entries(project.packages).flatMap(([name, { actions = {} }]) =>
    NEEDS_LEDGER.filter((action) => Object.hasOwn(actions, action)).map((action) => `${name}/${action}`),
  );
