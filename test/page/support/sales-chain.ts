/** Two apps of one chain, and its file: the report follows the extract. */
export const EXTRACT = 'aaaaaaaa-0000-4000-8000-000000000001';
export const REPORT = 'aaaaaaaa-0000-4000-8000-000000000002';
export const CHAIN = `chain: sales
apps:
  extract: { id: ${EXTRACT}, name: Sales extract }
  report: { id: ${REPORT}, name: Sales report }
reloads:
  - app: report
    after: extract
`;
