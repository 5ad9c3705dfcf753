import x11, { type Fixes, type Randr, type Reply, type XClient, type XDisplay, type XEvent, type Xkb, type XTest } from 'x11';
import { untilNextBeatMs } from '../lib/beat.js';
import type { Clock } from '../lib/clock.js';
import { type Dispose, once } from '../lib/dispose.js';
import { err, ok, type Result } from '../lib/result.js';
import { BEATING, HEARTBEAT_TICK_MS, type Heartbeat, type HeartbeatInput, stepHeartbeat } from './heartbeat.js';
import { askRaw, internAtomRequest } from './raw-request.js';

/** One live connection to an X server; when it ends, everything that was made from it is invalid. */
export class XConnection {
  readonly x: XClient;
  readonly root: number;
  /** Size in pixels of the root window when the connection was made. */
  readonly firstSize: { readonly width: number; readonly height: number };
  #ended = false;
  #heartbeat: Heartbeat = BEATING;
  #cancelTick: Dispose = () => undefined;
  #onSilent = new Set<() => void>();
  #onAnswer = new Set<() => void>();
  #onEnd = new Set<() => void>();
  #onEvent = new Set<(event: XEvent) => void>();

  constructor(
    readonly display: XDisplay,
    readonly xtest: XTest,
    readonly xkb: Xkb,
    readonly randr: Randr,
    readonly fixes: Fixes,
    private readonly clock: Clock,
  ) {
    const screen = display.screen[0]!;
    this.x = display.client;
    this.root = screen.root;
    this.firstSize = { width: screen.pixel_width, height: screen.pixel_height };
    this.x.on('event', (event) => {
      for (const listener of [...this.#onEvent]) listener(event);
    });
    this.x.on('end', () => this.#end());
    this.x.stream.on('close', () => this.#end());
    this.#tickAtBeat();
  }

  /** Whether requests can still reach the server. */
  get alive(): boolean {
    return !this.#ended && this.x.stream.writable;
  }

  /** Whether the server is there and answers. */
  get responds(): boolean {
    return this.alive && !this.#heartbeat.silent;
  }

  /** Calls `listener` for every event of this connection. */
  onEvent(listener: (event: XEvent) => void): Dispose {
    this.#onEvent.add(listener);
    return once(() => this.#onEvent.delete(listener));
  }

  /** Calls `listener` once when the connection ended, on either side. */
  onEnd(listener: () => void): Dispose {
    this.#onEnd.add(listener);
    return once(() => this.#onEnd.delete(listener));
  }

  /** Calls `listener` when the server has not answered for some seconds: requests fail until it answers again. */
  onSilent(listener: () => void): Dispose {
    this.#onSilent.add(listener);
    return once(() => this.#onSilent.delete(listener));
  }

  /** Calls `listener` when a silent server answers again. */
  onAnswer(listener: () => void): Dispose {
    this.#onAnswer.add(listener);
    return once(() => this.#onAnswer.delete(listener));
  }

  /** Sends one request and resolves with its reply; the X error, the end of the connection or the server's silence is the error. */
  ask<T>(send: (reply: Reply<T>) => void): Promise<Result<T>> {
    if (!this.alive) return Promise.resolve(err('the X server is gone'));
    if (this.#heartbeat.silent) return Promise.resolve(err(SILENT));
    return new Promise((resolve) => {
      const releases = [this.onEnd(() => resolve(err('the X server went away'))), this.onSilent(() => resolve(err(SILENT)))];
      send((error, value) => {
        for (const release of releases) release();
        resolve(error ? err(error.message || 'refused by the X server') : ok(value));
        return true;
      });
    });
  }

  /** The numbers of the named atoms, made where they do not exist yet. */
  async atoms<Name extends string>(names: readonly Name[]): Promise<Result<Readonly<Record<Name, number>>>> {
    const replies = await Promise.all(
      names.map((name) => this.ask<Buffer>((reply) => askRaw(this.x, internAtomRequest(name), reply))),
    );
    const numbers = {} as Record<Name, number>;
    for (const [index, name] of names.entries()) {
      const reply = replies[index]!;
      if (!reply.ok) return reply;
      numbers[name] = reply.value.readUInt32LE(0);
    }
    return ok(numbers);
  }

  close(): void {
    if (this.#ended) return;
    this.#end();
    this.x.terminate();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTick();
    for (const listener of [...this.#onEnd]) listener();
  }

  #tickAtBeat(): void {
    this.#tickAfter(untilNextBeatMs(this.clock.nowMs()));
  }

  #tickAfter(delayMs: number): void {
    this.#cancelTick();
    this.#cancelTick = this.clock.after(delayMs, () => {
      this.#tickAfter(HEARTBEAT_TICK_MS);
      this.#beat('tick');
    });
  }

  #beat(input: HeartbeatInput): void {
    const [next, effect] = stepHeartbeat(this.#heartbeat, input);
    this.#heartbeat = next;
    if (effect === 'ask' && this.alive) {
      this.x.GetInputFocus(() => {
        if (this.#ended) return true;
        this.#tickAtBeat();
        this.#beat('answer');
        return true;
      });
    }
    if (effect === 'fell-silent') for (const listener of [...this.#onSilent]) listener();
    if (effect === 'answers-again') for (const listener of [...this.#onAnswer]) listener();
  }
}

const SILENT = 'the X server does not answer';
/** How long a server may take to accept a client: one that is starting answers late, one that hangs never. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects to `display` (as in `:99`) and its extensions; X errors of later requests go to `onError`. */
export async function openXConnection(
  display: string,
  clock: Clock,
  onError: (error: Error) => void,
): Promise<Result<XConnection>> {
  const opened = await connect(display, onError);
  if (!opened.ok) return opened;
  const { client } = opened.value;
  const missing = (name: string, reason: string) => {
    client.terminate();
    return err(`the X server on ${display} lacks the extension ${name}: ${reason}`);
  };
  const xtest = await extension<XTest>((reply) => client.require('xtest', reply));
  if (!xtest.ok) return missing('XTEST', xtest.error);
  const xkb = await extension<Xkb>((reply) => client.require('xkb', reply));
  if (!xkb.ok) return missing('XKEYBOARD', xkb.error);
  const randr = await extension<Randr>((reply) => client.require('randr', reply));
  if (!randr.ok) return missing('RANDR', randr.error);
  const fixes = await extension<Fixes>((reply) => client.require('fixes', reply));
  if (!fixes.ok) return missing('XFIXES', fixes.error);
  return ok(new XConnection(opened.value, xtest.value, xkb.value, randr.value, fixes.value, clock));
}

function connect(display: string, onError: (error: Error) => void): Promise<Result<XDisplay>> {
  if (!/:\d+(\.\d+)?$/.test(display)) return Promise.resolve(err(`${JSON.stringify(display)} is not an X display (such as :99)`));
  return new Promise((resolve) => {
    let settled = false;
    const settle = (result: Result<XDisplay>) => {
      clearTimeout(timer);
      settled = true;
      resolve(result);
    };
    const fail = (reason: string) => settle(err(`cannot connect to the X display ${display}: ${reason}`));
    const timer = setTimeout(() => fail(`no answer within ${CONNECT_TIMEOUT_MS / 1_000} s`), CONNECT_TIMEOUT_MS);
    const client = x11.createClient({ display, shm: false }, (error, value) => {
      if (error) fail(error.message);
      else if (settled) value.client.terminate();
      else settle(ok(value));
      return true;
    });
    client.on('error', (error) => {
      if (settled) onError(error);
      else fail(error.message);
    });
  });
}

function extension<T>(load: (reply: Reply<T>) => void): Promise<Result<T>> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(err('no answer')), CONNECT_TIMEOUT_MS);
    load((error, value) => {
      clearTimeout(timer);
      resolve(error ? err(error.message) : ok(value));
      return true;
    });
  });
}
