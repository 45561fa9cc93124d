import type { RefusedLogin } from './try-login.ts';

/** Says why signing in did not succeed, and what to do. The form to sign in shows the sentence, and so does
 * the page if a link's login is not taken while somebody is signed in. */
export function signInWords(
  answer: RefusedLogin,
  { storeUrl, database, origin }: { readonly storeUrl: string; readonly database: string; readonly origin: string },
): string {
  switch (answer.kind) {
    case 'wrong':
      return 'CouchDB does not know this user with this password. Whoever runs Cascade makes accounts: cascade user add <name>.';
    case 'no-role':
      return `This account may not read the database ${database}. Whoever runs Cascade lets it in: cascade user add <name>.`;
    case 'locked':
      return 'CouchDB has locked this account for 5 minutes after several failed logins. Wait, then sign in again.';
    case 'no-database':
      return `${storeUrl} has no database called ${database}. Is COUCHDB_DATABASE the same as when Cascade was deployed?`;
    case 'no-answer':
      return `No answer from ${storeUrl}. Either you are offline, or the address is wrong, or CouchDB does not let pages of ${origin} in (its setting cors/origins).`;
    case 'strange':
      return `${storeUrl} answered ${answer.status}. Is it a CouchDB, and does it run?`;
    default:
      return answer satisfies never;
  }
}
