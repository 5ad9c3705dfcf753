import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { err, ok, type Result } from '../../lib/result.js';
import { addressKey, canonicalAddress, familyOf, type TransportAddress } from '../address.js';
import { ICE_LIMITS } from '../limits.js';
import { hmacSha1, longTermKey } from '../stun/hmac.js';
import { decodeStun, encodeStun, integrityHolds, looksLikeStun, type ReceivedStun, type StunMethod } from '../stun/stun.js';
import type { StunAttributes } from '../stun/stun-attributes.js';
import type { TurnTransport } from './turn-transport.js';

/** A relayed transport address on a TURN server (RFC 8656), kept alive until it is closed. */
export interface TurnAllocation {
  readonly relayed: TransportAddress;
  /** Our address as the server sees it. */
  readonly mapped: TransportAddress | undefined;
  readonly queuedBytes: number;
  /** Permits datagrams from this address. */
  permit(address: string): void;
  /** Sends through the relay; asks for permission first, and holds a few packets meanwhile. False: the datagram was not taken. */
  send(bytes: Uint8Array, to: TransportAddress): boolean;
  /** Uses shorter headers towards this address from now on. */
  bindChannel(to: TransportAddress): void;
  close(): void;
}

interface AllocationOptions {
  readonly transport: TurnTransport;
  readonly username: string;
  readonly credential: string;
  readonly clock: Clock;
  onDatagram(bytes: Buffer, from: TransportAddress): void;
  /** The server ended it or the connection broke. */
  onClosed(): void;
}

const RETRANSMIT_MS = [200, 600, 1400, 3000] as const;
const ANSWER_LIMIT_MS = 5000;
/** Permissions last 300 s, channels and allocations 600 s (RFC 8656 sections 9, 12, 7.2). */
const REFRESH_MS = 200_000;
const LIFETIME_SECONDS = 600;
const FIRST_CHANNEL = 0x4000;
const LAST_CHANNEL = 0x4fff;
const MAX_HELD = 8;
const UDP_PROTOCOL = 17;

/** Allocates; the error is the server's own words, or that it was silent for 5 s. */
export async function allocateRelay(options: AllocationOptions): Promise<Result<TurnAllocation>> {
  const allocation = new Allocation(options);
  const failure = await allocation.start();
  if (failure === undefined) return ok(allocation);
  allocation.close();
  return err(failure);
}

class Allocation implements TurnAllocation {
  relayed: TransportAddress = { address: '0.0.0.0', port: 0 };
  mapped: TransportAddress | undefined;
  readonly #options: AllocationOptions;
  readonly #pending = new Map<string, (message: ReceivedStun | undefined) => void>();
  readonly #permissions = new Map<string, { granted: boolean; readonly held: [Uint8Array, TransportAddress][] }>();
  readonly #channels = new Map<string, { readonly number: number; readonly to: TransportAddress; bound: boolean }>();
  readonly #byNumber = new Map<number, TransportAddress>();
  #auth: { readonly realm: string; readonly nonce: string; readonly key: Buffer } | undefined;
  #refresh: Dispose | undefined;
  #closed = false;

  constructor(options: AllocationOptions) {
    this.#options = options;
    options.transport.listen(
      (message) => this.#onMessage(message),
      () => this.#end(),
    );
  }

  get queuedBytes(): number {
    return this.#options.transport.queuedBytes;
  }

  /** Returns the error, if any. */
  async start(): Promise<string | undefined> {
    const answer = await this.#request('allocate', { requestedTransport: UDP_PROTOCOL, lifetimeSeconds: LIFETIME_SECONDS });
    if (!answer) return 'no answer within 5 s';
    const { errorCode, xorRelayedAddress, xorMappedAddress } = answer.attributes;
    if (answer.kind === 'error') return `refused: ${errorCode?.code ?? '?'} ${errorCode?.reason ?? ''}`.trim();
    if (!xorRelayedAddress) return 'the answer names no relay address';
    this.relayed = xorRelayedAddress;
    this.mapped = xorMappedAddress;
    this.#scheduleRefresh();
    return undefined;
  }

  permit(text: string): void {
    const address = canonicalAddress(text);
    // A relay of one family cannot reach the other (RFC 8656 section 9.2).
    if (this.#closed || address === undefined || familyOf(address) !== familyOf(this.relayed.address)) return;
    if (this.#permissions.has(address)) return;
    // A map keeps the order of insertion, so the oldest is in front.
    const [oldest] = this.#permissions.keys();
    if (oldest !== undefined && this.#permissions.size >= ICE_LIMITS.relayPermissions.value) this.#permissions.delete(oldest);
    this.#permissions.set(address, { granted: false, held: [] });
    void this.#askPermission(address);
  }

  send(bytes: Uint8Array, to: TransportAddress): boolean {
    if (this.#closed) return false;
    this.permit(to.address);
    const permission = this.#permissions.get(to.address);
    if (!permission) return false;
    if (!permission.granted) {
      if (permission.held.length >= MAX_HELD) return false;
      permission.held.push([Buffer.from(bytes), to]);
      return true;
    }
    const channel = this.#channels.get(addressKey(to.address, to.port));
    return channel?.bound ? this.#sendOnChannel(channel.number, bytes) : this.#indicate(bytes, to);
  }

  bindChannel(to: TransportAddress): void {
    const key = addressKey(to.address, to.port);
    const number = FIRST_CHANNEL + this.#channels.size;
    if (this.#closed || this.#channels.has(key) || number > LAST_CHANNEL) return;
    const peer = { address: to.address, port: to.port };
    this.#channels.set(key, { number, to: peer, bound: false });
    this.#byNumber.set(number, peer);
    void this.#askChannel(key);
  }

  close(): void {
    if (this.#closed) return;
    // If the server misses it, the allocation ends after ten minutes.
    if (this.#auth) this.#transmit('refresh', randomBytes(12), { lifetimeSeconds: 0 });
    this.#end();
    // A datagram that was just handed over may still be in the socket's queue.
    setImmediate(() => this.#options.transport.close());
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#refresh?.();
    for (const answer of [...this.#pending.values()]) answer(undefined);
    this.#options.onClosed();
  }

  async #askPermission(address: string): Promise<void> {
    const answer = await this.#request('createPermission', { xorPeerAddress: { address, port: 0 } });
    const permission = this.#permissions.get(address);
    if (!permission) return;
    if (answer?.kind !== 'success') {
      // Refused or lost: the next packet to it asks again.
      this.#permissions.delete(address);
      return;
    }
    permission.granted = true;
    for (const [bytes, to] of permission.held.splice(0)) this.send(bytes, to);
  }

  async #askChannel(key: string): Promise<void> {
    const channel = this.#channels.get(key);
    if (!channel) return;
    const answer = await this.#request('channelBind', { channelNumber: channel.number, xorPeerAddress: channel.to });
    channel.bound = answer?.kind === 'success';
  }

  #scheduleRefresh(): void {
    this.#refresh = this.#options.clock.after(REFRESH_MS, async () => {
      const answer = await this.#request('refresh', { lifetimeSeconds: LIFETIME_SECONDS });
      if (this.#closed) return;
      if (answer?.kind !== 'success') {
        this.close();
        return;
      }
      for (const address of this.#permissions.keys()) void this.#askPermission(address);
      for (const key of this.#channels.keys()) void this.#askChannel(key);
      this.#scheduleRefresh();
    });
  }

  /** Asks, with credentials once the server has sent its realm, and again if it wants a new nonce; undefined: silence. */
  async #request(method: StunMethod, attributes: StunAttributes): Promise<ReceivedStun | undefined> {
    for (let attempt = 0; attempt < 3 && !this.#closed; attempt++) {
      const answer = await this.#ask(method, attributes);
      const code = answer?.attributes.errorCode?.code;
      const { realm = this.#auth?.realm, nonce } = answer?.attributes ?? {};
      const challenged = (code === 401 && !this.#auth) || code === 438;
      if (!challenged || realm === undefined || nonce === undefined) return answer;
      this.#auth = { realm, nonce, key: longTermKey(this.#options.username, realm, this.#options.credential) };
    }
    return undefined;
  }

  #ask(method: StunMethod, attributes: StunAttributes): Promise<ReceivedStun | undefined> {
    return new Promise((resolve) => {
      const transactionId = randomBytes(12);
      const key = transactionId.toString('latin1');
      const { clock, transport } = this.#options;
      const repeats = transport.reliable ? [] : RETRANSMIT_MS;
      const timers = repeats.map((atMs) => clock.after(atMs, () => this.#transmit(method, transactionId, attributes)));
      const finish = (message: ReceivedStun | undefined) => {
        for (const cancel of timers) cancel();
        this.#pending.delete(key);
        resolve(message);
      };
      timers.push(clock.after(ANSWER_LIMIT_MS, () => finish(undefined)));
      this.#pending.set(key, finish);
      this.#transmit(method, transactionId, attributes);
    });
  }

  #transmit(method: StunMethod, transactionId: Buffer, attributes: StunAttributes): void {
    if (this.#closed) return;
    const auth = this.#auth;
    const credentials = auth ? { username: this.#options.username, realm: auth.realm, nonce: auth.nonce } : {};
    const message = { kind: 'request' as const, method, transactionId, attributes: { ...attributes, ...credentials } };
    this.#options.transport.send(encodeStun(message, auth && { key: auth.key, hmac: hmacSha1 }));
  }

  #indicate(bytes: Uint8Array, to: TransportAddress): boolean {
    const attributes = { xorPeerAddress: to, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
    const message = { kind: 'indication' as const, method: 'send' as const, transactionId: randomBytes(12), attributes };
    return this.#options.transport.send(encodeStun(message));
  }

  #sendOnChannel(number: number, bytes: Uint8Array): boolean {
    const message = Buffer.allocUnsafe(4 + bytes.length);
    message.writeUInt16BE(number, 0);
    message.writeUInt16BE(bytes.length, 2);
    message.set(bytes, 4);
    return this.#options.transport.send(message);
  }

  #onMessage(bytes: Buffer): void {
    if (this.#closed) return;
    if (looksLikeStun(bytes)) this.#onStun(bytes);
    else if (bytes.length >= 4 && bytes[0]! >= 0x40 && bytes[0]! <= 0x4f) {
      const from = this.#byNumber.get(bytes.readUInt16BE(0));
      const length = bytes.readUInt16BE(2);
      if (from && 4 + length <= bytes.length) this.#options.onDatagram(bytes.subarray(4, 4 + length), from);
    }
  }

  #onStun(bytes: Buffer): void {
    const decoded = decodeStun(bytes);
    if (!decoded.ok) return;
    const message = decoded.value;
    if (message.kind === 'indication') {
      const { data, xorPeerAddress } = message.attributes;
      if (message.method === 'data' && data && xorPeerAddress) this.#options.onDatagram(data, xorPeerAddress);
      return;
    }
    // What we asked with credentials must be answered with them; a challenge cannot be.
    const proven = message.kind === 'error' || !this.#auth || integrityHolds(message, this.#auth.key, hmacSha1);
    if (proven) this.#pending.get(message.transactionId.toString('latin1'))?.(message);
  }
}
