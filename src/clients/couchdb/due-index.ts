/** The one Mango index, on `dueAt` (ledger.md §2): installed by deployment, named by every query. */
export const DUE_INDEX = { ddoc: 'cascade-due', name: 'due-at', fields: ['dueAt'] } as const;
