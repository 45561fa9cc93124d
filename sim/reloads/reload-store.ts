/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file keeps its
 * reloads, and finds those that Qlik's lists would show.
 */

import type { Reload } from './record.ts';

/**
 * A reload. If it has ended, `beforeEnd` is its record before the end. A real tenant may show an end late, and the
 * simulation can do so, too.
 */
export interface ShownReload {
  readonly now: Reload;
  readonly beforeEnd: Reload | undefined;
}

/** All reloads, by id and by app. Lists are in the order of creation. */
export class ReloadStore {
  readonly #byId = new Map<string, ShownReload>();
  readonly #idsByApp = new Map<string, string[]>();
  readonly #activeByApp = new Map<string, Set<string>>();

  /** Adds a reload, or replaces its record. */
  put(reload: Reload): void {
    const known = this.#byId.get(reload.id);
    const beforeEnd = hasEnded(reload) ? known?.now : undefined;
    this.#byId.set(reload.id, { now: reload, beforeEnd });
    if (known === undefined) entry(this.#idsByApp, reload.appId, () => []).push(reload.id);
    const active = entry(this.#activeByApp, reload.appId, () => new Set());
    if (hasEnded(reload)) active.delete(reload.id);
    else active.add(reload.id);
  }

  /** All reloads, in the order of creation. */
  saved(): readonly ShownReload[] {
    return [...this.#byId.values()];
  }

  restore(reloads: readonly ShownReload[]): void {
    for (const listed of reloads) {
      this.put(listed.now);
      this.#byId.set(listed.now.id, listed);
    }
  }

  get(id: string): Reload | undefined {
    return this.#byId.get(id)?.now;
  }

  /** The record of a reload as a late tenant shows it: an end after `knownUntil` (epoch ms) is not shown. */
  getAsKnown(id: string, knownUntil: number): Reload | undefined {
    const listed = this.#byId.get(id);
    return listed && (endAsKnown(listed, knownUntil) ?? listed.now);
  }

  /** The reloads of one app that have not ended. */
  active(appId: string): readonly Reload[] {
    return [...(this.#activeByApp.get(appId) ?? [])].flatMap((id) => this.get(id) ?? []);
  }

  /**
   * The reloads of an app that a list can show: all active reloads, and the newest reloads that have ended, `keep` of
   * them.
   */
  listed(appId: string, keep: number): readonly ShownReload[] {
    const all = (this.#idsByApp.get(appId) ?? []).flatMap((id) => this.#byId.get(id) ?? []);
    // How many of the oldest ended reloads are left out.
    let surplus = all.length - this.active(appId).length - keep;
    if (surplus <= 0) return all;
    // `all` is in the order of creation. So this leaves out the oldest of those that have ended.
    return all.filter((listed) => !hasEnded(listed.now) || surplus-- <= 0);
  }

  /** The reloads of all apps that a list can show: those of `listed` for each app. */
  listedOfAll(keep: number): readonly ShownReload[] {
    const all = [...this.#idsByApp.keys()].flatMap((appId) => this.listed(appId, keep));
    return all.sort((one, other) => one.now.seq - other.now.seq);
  }

  /** How many reloads of the app were made at or after `since` (epoch ms). */
  countSince(appId: string, since: number): number {
    const ids = this.#idsByApp.get(appId) ?? [];
    return ids.filter((id) => (this.get(id)?.createdAt ?? 0) >= since).length;
  }
}

/** The record of a reload. If it ended after `knownUntil` (epoch ms), the record before its end. */
export function endAsKnown({ now, beforeEnd }: ShownReload, knownUntil: number): Reload | undefined {
  return now.endedAt !== undefined && now.endedAt > knownUntil ? beforeEnd : now;
}

function hasEnded(reload: Reload): boolean {
  return reload.endedAt !== undefined;
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
