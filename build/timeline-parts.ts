/*
 * `npm run generate` draws timelines for the docs, as SVG. This file has what draw-timelines.ts and draw-deadlines.ts
 * share: the size, the style and the parts of such a picture. A lane is a horizontal line with a name, such as an app.
 */

/** The width of the picture, and how far its lanes begin from the left and end from the right, in pixels. */
export const WIDTH = 860;
export const LEFT = 110;
export const RIGHT = 40;
const HEIGHT = 320;

const STYLE = [
  'text{font:14px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2937}',
  '.small{font-size:12px;fill:#4b5563}',
  '.title{font-size:16px;font-weight:600}',
  '.lane{stroke:#9ca3af;stroke-width:1.5}',
  '.window{fill:#93c5fd;opacity:.35}',
  '.counts{fill:#15803d}',
  '.not{fill:#fff;stroke:#b91c1c;stroke-width:2.5}',
  '.fires{fill:#1d4ed8}',
].join('');

/** The whole picture. `says` is for readers who cannot see it. */
export const picture = ({
  title,
  says,
  parts,
}: {
  readonly title: string;
  readonly says: string;
  readonly parts: readonly string[];
}): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${title}</title>`,
    `<desc id="desc">${says}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect x="1" y="1" width="${WIDTH - 2}" height="${HEIGHT - 2}" rx="12" fill="#ffffff" stroke="#d0d7de"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');

/** A line from left to right, with its name before it. */
export const lane = (name: string, y: number): string =>
  `<line class="lane" x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}"/>${caption(24, y + 5, name)}`;

/** Words at a place, in pixels. `style` is a class of the picture's `STYLE`, such as `small`. */
export const caption = (x: number, y: number, words: string, style = '', anchor = 'start'): string =>
  `<text x="${x}" y="${y}"${style === '' ? '' : ` class="${style}"`} text-anchor="${anchor}">${words}</text>`;
