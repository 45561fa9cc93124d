/** Every entity that a section has made, so that it can leave the namespace as it found it. */
export interface Journal {
  /** Notes a path below `namespaces/_/`. */
  note(path: string): void;
  /** Deletes everything noted, the latest first. */
  clean(): Promise<void>;
}

type Delete = (path: string) => Promise<{ readonly status: number; readonly text: string }>;

const GONE = [200, 404];

/** @throws Error from `clean`, naming what could not be deleted. */
export function createJournal(remove: Delete): Journal {
  const paths = new Set<string>();
  const isInPackage = (path: string): boolean => {
    const [, packageName, name] = path.split('/');
    return name !== undefined && paths.has(`packages/${packageName}`);
  };
  return {
    note: (path) => paths.add(path),
    async clean() {
      const left: string[] = [];
      for (const path of [...paths].reverse().filter((each) => !isInPackage(each))) {
        const { status, text } = await remove(path.startsWith('packages/') ? `${path}?force=true` : path);
        if (!GONE.includes(status)) left.push(`${path}: ${status} ${text}`);
      }
      paths.clear();
      if (left.length > 0) throw new Error(`Left behind on the host:\n${left.join('\n')}`);
    },
  };
}
