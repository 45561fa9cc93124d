import { Document, isMap, isSeq, visit } from 'yaml';
import type { ChainContent } from '../../core/chains/chain-file.ts';
import { visible } from '../../core/visible.ts';

/** The line width with which the YAML library breaks no line. */
const NO_FOLDING = 0;

/**
 * Writes a chain as the YAML text of a chain file, for `cascade import`. People go on with this text, so it looks as if
 * a person had written it: each app takes one line, and so does each `after`.
 *
 * @param source - the name of the file that it was imported from, for the comment at the top.
 */
export function chainText({ chain, apps, reloads }: ChainContent, source: string): string {
  const document = new Document({ chain, apps, reloads });
  document.commentBefore = ` Imported by "cascade import" from ${visible(source)}.`;
  visit(document, {
    Pair(_, { key, value }) {
      const name = String(key);
      if (name === 'apps' && isMap(value)) for (const { value: app } of value.items) if (isMap(app)) app.flow = true;
      if (name === 'after' && (isMap(value) || isSeq(value))) value.flow = true;
    },
  });
  return document.toString({ lineWidth: NO_FOLDING, flowCollectionPadding: true });
}
