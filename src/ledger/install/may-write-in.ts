import { ACT_KINDS, MAX_ACT_BYTES } from '../../core/tickets/act.ts';
import { rolesFor } from './roles.ts';

/**
 * The fields of an app's document that an earlier version of Cascade does not know, and would leave out in its writes.
 */
const COUNTED_FIELDS = ['counts', 'seconds', 'seen', 'over', 'notices'];

/**
 * The fields that a new act may have. CouchDB adds `_revisions` to what it shows to the function. An act has no
 * attachments, but a refusal of its own says so.
 */
const ACT_FIELDS = [
  ...['_id', '_rev', '_revisions', '_attachments'],
  ...['schema', 'type', 'by', 'at', 'kind', 'value'],
];

/**
 * Makes the text of the function by which CouchDB decides who may write what in a ledger, Cascade's memory. Deployment
 * puts it into the database as `validate_doc_update`, and CouchDB calls it for each document that is written. It is in
 * old JavaScript, because CouchDB runs no newer one (facts db-auth-12, -14). The rules are:
 *
 * - Writers (the user of the actions is one) and server administrators may write documents.
 * - An act is one thing that a person did to a ticket, an order or an alert. Users with the role of the desk may add
 *   acts in their own name, and so may writers. An act has no other fields than its own: with `dueAt`, for example, it
 *   would be work for the sweep for ever. An administrator may add acts of anybody, also older ones with other fields,
 *   to restore a backup by replication.
 * - Nobody changes or deletes an act, nor adds a copy that claims to be a later rev of it: readers would get the copy.
 * - An update may not leave out what an app's document has counted. It may not finish an event (one end of a reload)
 *   that is not recorded, that is, not part of its app's document. This rule is against an action of an earlier version
 *   of Cascade, which may still run while a deployment replaces the actions one after another. A refused event stays
 *   due, and a later sweep (it runs every 5 minutes) takes it up.
 */
export function mayWriteIn(database: string): string {
  const { desk, writer } = rolesFor(database);
  return `function (newDoc, oldDoc, user) {
  function refuse(why) { throw { forbidden: why }; }
  function has(role) { return user.roles.indexOf(role) !== -1; }
  var isAct = newDoc._id.indexOf('act:') === 0;
  var isLaterRev = !!newDoc._revisions && newDoc._revisions.start > 1;
  if (isAct && (oldDoc || newDoc._deleted || isLaterRev)) refuse('Nobody changes or deletes an act: add another one.');
  if (oldDoc && !newDoc._deleted) {
    if (newDoc._id.indexOf('app:') === 0) {
      var kept = ${JSON.stringify(COUNTED_FIELDS)};
      for (var k = 0; k < kept.length; k += 1) {
        if (oldDoc[kept[k]] !== undefined && newDoc[kept[k]] === undefined) {
          refuse('This would erase "' + kept[k] + '" of ' + newDoc._id + '. An earlier version writes like this: deploy again.');
        }
      }
    }
    var isOpen = newDoc._id.indexOf('event:') === 0 && newDoc.recordedAt === undefined;
    if (isOpen && (oldDoc.recordedAt !== undefined || (oldDoc.dueAt !== undefined && newDoc.dueAt === undefined))) {
      refuse('This would finish ' + newDoc._id + ' without recording it. An earlier version writes like this: deploy again.');
    }
  }
  if (has('_admin')) return;
  if (!isAct) {
    if (has('${writer}')) return;
    refuse('Only writers may change the ledger: give the user the role ${writer}.');
  }
  if (!has('${writer}') && !has('${desk}')) refuse('Only the desk may add acts: give the user the role ${desk}.');
  if (newDoc.by !== user.name) refuse('An act is in the name of the user who adds it: "by" has to be that.');
  var id = /^act:(.+):([0-9a-z]{9}):[0-9a-z]{6}$/.exec(newDoc._id);
  if (!id) refuse('The id of an act has to be act:<subject>:<at, base 36, 9 places>:<6 random>.');
  var fields = ${JSON.stringify(ACT_FIELDS)};
  for (var field in newDoc) if (fields.indexOf(field) === -1) refuse('An act has no field "' + field + '".');
  if (newDoc.schema !== 1 || newDoc.type !== 'act') refuse('An act has schema 1 and the type act.');
  if (parseInt(id[2], 36) !== newDoc.at) refuse('"at" of an act has to be the time in its id, in milliseconds.');
  if (${JSON.stringify(ACT_KINDS)}.indexOf(newDoc.kind) === -1) refuse('There is no such kind of act.');
  var isTicket = id[1].indexOf('ticket:') === 0;
  if (!isTicket && (newDoc.kind !== 'dismiss' || !/^(order|alert):/.test(id[1]))) {
    refuse('An act is about a ticket; dismiss may be about an order or an alert, too.');
  }
  var value = newDoc.value;
  var isText = typeof value === 'string' && value !== '';
  var isMinutes = typeof value === 'number' && value >= 0 && value <= ${Number.MAX_SAFE_INTEGER} && Math.floor(value) === value;
  var isFine = newDoc.kind === 'own' ? isText || value === null :
    newDoc.kind === 'answer' ? isMinutes :
    newDoc.kind === 'reopen' || newDoc.kind === 'dismiss' ? value === undefined : isText;
  if (!isFine) refuse('The value of an act has to be one of its kind.');
  var bare = {};
  for (var name in newDoc) if (name !== '_rev' && name !== '_revisions') bare[name] = newDoc[name];
  var text = JSON.stringify(bare), bytes = 0;
  for (var i = 0; i < text.length; i += 1) {
    var code = text.charCodeAt(i);
    bytes += code < 128 ? 1 : code < 2048 || (code >= 55296 && code < 57344) ? 2 : 3;
  }
  if (bytes > ${MAX_ACT_BYTES} || newDoc._attachments) refuse('An act has at most ${MAX_ACT_BYTES} bytes, and no attachments.');
}`;
}
