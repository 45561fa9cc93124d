// Modules that `build/build-actions.ts` makes of the compiled chains and its options, and puts into the bundles.

declare module 'cascade:app-keys' {
  /** `tenant/appId` of every app that is an upstream or a target of a link. */
  const appKeys: readonly string[];
  export default appKeys;
}

declare module 'cascade:chains' {
  const chains: import('../src/core/link.ts').CompiledChains;
  export default chains;
}

declare module 'cascade:dashboard' {
  /** The dashboard's page: `BuiltDashboard` of `build/build-dashboard.ts`. */
  const dashboard: {
    readonly html: readonly [string, string];
    readonly scriptHash: string;
    readonly styleHash: string;
    readonly serviceWorker: string;
  };
  export default dashboard;
}

declare module 'cascade:definition' {
  /** `definitionHash` of `cascade:chains`. */
  const hash: string;
  export default hash;
}

declare module 'cascade:apps' {
  const apps: import('../src/core/link.ts').CompiledChains['apps'];
  export default apps;
}

declare module 'cascade:time-factor' {
  /** The factor for `timeConstants`. It is 1, except in benchmarks on real processes. */
  const timeFactor: number;
  export default timeFactor;
}
