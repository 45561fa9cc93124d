/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. All its random
 * values come from here, so that a test can repeat a run exactly.
 */

import { type Cipher, createCipheriv, createHash } from 'node:crypto';

/** The zeros that the cipher encrypts for the next 4,096 random bytes. */
const BLOCK = Buffer.alloc(4096);
/** How many bytes the cipher gives for one step of its counter. */
const CIPHER_BLOCK = 16;

/** The position of a tenant in its stream of random bytes. The next draws depend only on this. */
export interface SavedChance {
  readonly seed: string;
  /** How many bytes of the stream are used up. */
  readonly position: number;
}

/**
 * Draws ids, secrets, durations and mishaps. The same seed gives the same draws in the same order. If the seed is
 * secret, nobody can guess the draws.
 */
export class Chance {
  readonly #seed: string;
  readonly #stream: Cipher;
  #left = Buffer.alloc(0);
  /** How many bytes came from the cipher. Some of them may be left in `#left`. */
  #taken: number;

  constructor(seed: string, position = 0) {
    // The random bytes are the key stream of a cipher. They depend only on the key and on the position in the stream.
    const key = createHash('sha256').update(seed, 'utf8').digest();
    const block = Math.floor(position / BLOCK.length);
    const counter = Buffer.alloc(CIPHER_BLOCK);
    counter.writeBigUInt64BE(BigInt((block * BLOCK.length) / CIPHER_BLOCK), CIPHER_BLOCK - 8);
    this.#seed = seed;
    this.#stream = createCipheriv('aes-256-ctr', key, counter);
    this.#taken = block * BLOCK.length;
    const used = position - this.#taken;
    if (used > 0) this.#bytes(used);
  }

  /** The seed and the position. A new `Chance` with them continues with the same draws. */
  saved(): SavedChance {
    return { seed: this.#seed, position: this.#taken - this.#left.length };
  }

  /** 24 hex digits: the form of the ids of users, reloads, webhooks and items. */
  hexId(): string {
    return this.#bytes(12).toString('hex');
  }

  /** A version 4 UUID: the form of the ids of events and deliveries. */
  uuid(): string {
    const bytes = this.#bytes(16);
    // The bits that a UUID has for its version and its variant (RFC 9562 §5.4).
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

  /** Draws whether something happens, with a probability of `percent`. If `percent` is a boolean, it is the answer. */
  happens(percent: boolean | number): boolean {
    return typeof percent === 'boolean' ? percent : this.between(1, 100) <= percent;
  }

  #bytes(count: number): Buffer {
    if (this.#left.length < count) {
      this.#left = this.#stream.update(BLOCK);
      this.#taken += BLOCK.length;
    }
    const taken = this.#left.subarray(0, count);
    this.#left = this.#left.subarray(count);
    return taken;
  }
}
