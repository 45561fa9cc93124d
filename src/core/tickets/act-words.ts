import type { Act } from './act.ts';

/**
 * Says what a person did to a ticket, or to another problem: `rejected it: not ours`. `cascade ticket` and the
 * dashboard show it after the person's name.
 */
export function actWords(act: Act): string {
  switch (act.kind) {
    case 'own':
      if (act.value === null) return 'made it nobody’s';
      return act.value === act.by ? 'took it' : `gave it to ${act.value}`;
    case 'tag':
      return `added the tag ${act.value}`;
    case 'untag':
      return `removed the tag ${act.value}`;
    case 'note':
      return `noted: ${act.value}`;
    case 'reject':
      return `rejected it: ${act.value}`;
    case 'answer':
      return `answered it in ${act.value} min`;
    case 'reopen':
      return 'reopened it';
    case 'dismiss':
      return 'dismissed it';
    default:
      return act satisfies never;
  }
}
