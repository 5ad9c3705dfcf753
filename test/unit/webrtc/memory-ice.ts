import type { IcePeer, IceState, RemoteIce } from '../../../server/ice/ice-types.js';
import { ok } from '../../../server/lib/result.js';
import type { PacketPath } from '../../../server/media/paths/packet-path.js';

/** ICE that is told by a test what has become of its path; what it sends goes to `deliver`. */
export class MemoryIce implements IcePeer {
  readonly remotes: RemoteIce[] = [];
  readonly sent: Buffer[] = [];
  deliver: (datagram: Buffer) => void = () => undefined;
  restarts = 0;
  isClosed = false;
  state: IceState = 'new';
  path: PacketPath | undefined;
  readonly #datagram = new Set<(datagram: Buffer) => void>();
  readonly #state = new Set<(state: IceState) => void>();
  readonly #path = new Set<(path: PacketPath | undefined) => void>();

  get local() {
    return { ufrag: `own${this.restarts}`, pwd: 'p'.repeat(22), lite: false };
  }

  receive(datagram: Buffer): void {
    for (const listener of this.#datagram) listener(datagram);
  }

  become(state: IceState): void {
    this.state = state;
    for (const listener of this.#state) listener(state);
  }

  take(path: PacketPath | undefined): void {
    this.path = path;
    for (const listener of this.#path) listener(path);
  }

  candidates() {
    return [];
  }
  async gather() {}
  onCandidate() {
    return () => undefined;
  }
  setRemote(remote: RemoteIce): void {
    this.remotes.push(remote);
  }
  addRemoteCandidate() {
    return ok(undefined);
  }
  restart() {
    this.restarts += 1;
    return this.local;
  }
  onState(listener: (state: IceState) => void) {
    return added(this.#state, listener);
  }
  onPath(listener: (path: PacketPath | undefined) => void) {
    return added(this.#path, listener);
  }
  onDatagram(listener: (datagram: Buffer) => void) {
    return added(this.#datagram, listener);
  }
  send(data: Uint8Array): void {
    const datagram = Buffer.from(data);
    this.sent.push(datagram);
    setImmediate(() => this.deliver(datagram));
  }
  selectedPair() {
    return undefined;
  }
  close(): void {
    this.isClosed = true;
  }
}

function added<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
