/** Every entity that a section has made, so that it can leave the namespace as it found it. */
export interface Journal {
  /** Notes a path below `namespaces/_/`. */
  note(path: string): void;
  /** The paths to delete, the latest first. A package's contents are deleted with the package. */
  left(): readonly string[];
  /** Deletes everything noted. */
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
  const left = (): readonly string[] =>
    [...paths]
      .reverse()
      .filter((path) => !isInPackage(path))
      .map((path) => (path.startsWith('packages/') ? `${path}?force=true` : path));
  return {
    note: (path) => paths.add(path),
    left,
    async clean() {
      const failures: string[] = [];
      for (const path of left()) {
        const { status, text } = await remove(path);
        if (!GONE.includes(status)) failures.push(`${path}: ${status} ${text}`);
      }
      paths.clear();
      if (failures.length > 0) throw new Error(`Left behind on the host:\n${failures.join('\n')}`);
    },
  };
}
