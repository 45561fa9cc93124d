/** The settings that name a real server to test in place of the local one. */
export type TargetSetting = 'OPENWHISK_APIHOST' | 'COUCHDB_URL' | 'QLIK_TEST_TENANT';

/** The address of the real server, if the environment names one; undefined: the suite starts a local one. */
export const givenTarget = (setting: TargetSetting): string | undefined => process.env[setting] || undefined;

/**
 * Skips a test or suite that works only on the local server, and says why.
 *
 * @param context - `this` of the mocha hook or test.
 */
export function requireLocal(context: Mocha.Context, setting: TargetSetting, why: string): void {
  if (givenTarget(setting) === undefined) return;
  console.error(`      skipped, as ${setting} names a real server: ${why}`);
  context.skip();
}
