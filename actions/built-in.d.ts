// The types of the modules `cascade:…`. An action imports such a module to get what the build knows: the chains (YAML
// files that say which app follows which), the dashboard's page, or a benchmark's factor. No file holds these modules:
// `build/build-actions.ts` makes them, and puts them into the bundles. So an action needs no further file.

declare module 'cascade:app-keys' {
  /** `tenant/appId` of each app in `cascade:apps`. */
  const appKeys: readonly string[];
  export default appKeys;
}

declare module 'cascade:chains' {
  /** The compiled chains: the links, by the app that they follow, and the apps. */
  const chains: import('../src/core/link.ts').CompiledChains;
  export default chains;
}

declare module 'cascade:dashboard' {
  /** The page that the action `dashboard` serves: `BuiltDashboard` of `build/build-dashboard.ts`. */
  const dashboard: {
    readonly html: readonly [string, string];
    readonly scriptHash: string;
    readonly styleHash: string;
    readonly serviceWorker: string;
  };
  export default dashboard;
}

declare module 'cascade:definition' {
  /** A hash of `cascade:chains`, by which Cascade notes which version of the chains decided what follows an end. */
  const hash: string;
  export default hash;
}

declare module 'cascade:apps' {
  /** The apps of the chains, for actions that do not need the links. */
  const apps: import('../src/core/link.ts').CompiledChains['apps'];
  export default apps;
}

declare module 'cascade:time-factor' {
  /**
   * The times in src/core/time-constants.ts are multiplied by this. It is 1, except in benchmarks, which shorten them.
   */
  const timeFactor: number;
  export default timeFactor;
}
