import { type Cipher, createCipheriv, createHash } from 'node:crypto';

const BLOCK = Buffer.alloc(4096);

/** Everything in the tenant that is drawn: ids, secrets, durations. The same seed gives the same in the same order; nobody can guess what a secret seed gives. */
export class Chance {
  readonly #stream: Cipher;
  #left = Buffer.alloc(0);

  constructor(seed: string) {
    // The key stream of a cipher: random bytes that depend on the key alone.
    const key = createHash('sha256').update(seed, 'utf8').digest();
    this.#stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  }

  /** 24 hex digits: the form of the ids of users, reloads, webhooks and items. */
  hexId(): string {
    return this.#bytes(12).toString('hex');
  }

  /** A version 4 UUID: the form of the ids of events and deliveries. */
  uuid(): string {
    const bytes = this.#bytes(16);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** 32 hex digits: the id of a trace. */
  traceId(): string {
    return this.#bytes(16).toString('hex');
  }

  /** 16 hex digits: the id of a span of a trace. */
  spanId(): string {
    return this.#bytes(8).toString('hex');
  }

  /** 32 letters, digits, `-` or `_`: the form of a tenant's id. */
  tenantId(): string {
    return this.#bytes(24).toString('base64url');
  }

  /** 64 letters, digits, `-` or `_`. */
  secret(): string {
    return this.#bytes(48).toString('base64url');
  }

  /** A whole number from `min` to `max`, both included; they are at most 2³² apart. */
  between(min: number, max: number): number {
    if (min === max) return min;
    return min + Math.floor((this.#bytes(6).readUIntBE(0, 6) / 2 ** 48) * (max - min + 1));
  }

  /** True, false, or true so many times in a hundred. */
  happens(percent: boolean | number): boolean {
    return typeof percent === 'boolean' ? percent : this.between(1, 100) <= percent;
  }

  #bytes(count: number): Buffer {
    if (this.#left.length < count) this.#left = this.#stream.update(BLOCK);
    const taken = this.#left.subarray(0, count);
    this.#left = this.#left.subarray(count);
    return taken;
  }
}
