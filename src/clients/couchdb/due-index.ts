/** The one Mango index, on `dueAt` (ledger.md §2): installed by deployment, used by every query that sorts by it. */
export const DUE_INDEX = { ddoc: 'cascade-due', name: 'due-at', fields: ['dueAt'] } as const;
