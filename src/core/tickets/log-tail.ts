/*
 * A ticket, by which people deal with an app that fails, shows the end of the failed reload's log. This file makes that
 * text from what Qlik sent. Logs may hold secrets, for example in a connection's text. So it masks what looks like a
 * secret.
 */

/**
 * The most of a log that a ticket keeps, in bytes of UTF-8: about 25 lines, and the error is usually among the last of
 * them.
 */
const MOST_BYTES = 2_000;

const MASK = '***';

/** What follows `Bearer` or `Basic` in a header. */
const CREDENTIAL = /\b(bearer|basic)(\s{1,5})[\w.~+/=-]{6,}/gi;
/** The password in `https://user:password@host`. */
const IN_ADDRESS = /(:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,500}(?=@)/g;
/**
 * The value of a setting, a variable or a JSON field whose name says that it is a secret: `PWD=…;`, `"api_key": "…"`.
 */
const NAMED =
  /((?:passw(?:or)?d|pwd|passphrase|secret|token|api[-_ ]?key|authorization)[\w-]{0,30}["']?\s{0,5}(?:=|:|\bis\b)\s{0,5})("[^"\n]*"?|'[^'\n]*'?|[^\s;,&"']+)/gi;

/**
 * The end of a log as a ticket keeps it: whole lines of at most 2,000 bytes of UTF-8 together, or the end of the last
 * line if that line is longer. What looks like a password, a key or a token is replaced by `***`.
 *
 * @param text - the end of the log, longer than what is kept, so that a secret's name is seen even if it is cut off.
 * @returns undefined if the log says nothing.
 */
export function logTail(text: string): string | undefined {
  const masked = text
    .toWellFormed()
    .replace(CREDENTIAL, `$1$2${MASK}`)
    .replace(IN_ADDRESS, `$1${MASK}`)
    .replace(NAMED, `$1${MASK}`)
    .trimEnd();
  return masked.trim() === '' ? undefined : endOf(masked);
}

function endOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MOST_BYTES) return text;
  const start = bytes.length - MOST_BYTES;
  // One byte more says whether the cut is between two lines. A character cut in two becomes U+FFFD, and goes.
  const cut = new TextDecoder().decode(bytes.subarray(start - 1)).replace(/^\uFFFD+/, '');
  const lineStart = cut.indexOf('\n') + 1;
  const whole = cut.slice(lineStart);
  return lineStart > 0 && whole.trim() !== ''
    ? whole
    : new TextDecoder().decode(bytes.subarray(start)).replace(/^\uFFFD+/, '');
}
