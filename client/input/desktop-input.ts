import type { Clock } from '../../server/lib/clock.js';
import type { Dispose } from '../../server/lib/dispose.js';
import type { InputCommand } from '../../server/protocol/channel/channel-input.js';
import type { KeyAction } from './keyboard.js';
import { flushMove, MOVE_INTERVAL_MS, type MoveGate, OPEN_GATE, offerMove } from './move-gate.js';
import type { ScreenPoint } from './viewport.js';

/** Sends pointer and keys to the desktop in the right order, and remembers the buttons it holds. */
export class DesktopInput {
  readonly #send: (command: InputCommand) => void;
  readonly #clock: Clock;
  #gate: MoveGate = OPEN_GATE;
  #cancelFlush: Dispose | null = null;
  readonly #buttons = new Set<number>();

  constructor(send: (command: InputCommand) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  move(point: ScreenPoint): void {
    const nowMs = this.#clock.nowMs();
    const [gate, due] = offerMove(this.#gate, point, nowMs);
    this.#gate = gate;
    if (due) this.#send({ kind: 'move', ...due });
    if (!gate.held || this.#cancelFlush) return;
    this.#cancelFlush = this.#clock.after(MOVE_INTERVAL_MS - (nowMs - gate.lastSentMs), () => this.#flush());
  }

  /** X numbering: 1 left, 2 middle, 3 right, 8 back, 9 forward. */
  buttonDown(code: number): void {
    this.#flush();
    this.#buttons.add(code);
    this.#send({ kind: 'button-down', code });
  }

  buttonUp(code: number): void {
    if (!this.#buttons.delete(code)) return;
    this.#flush();
    this.#send({ kind: 'button-up', code });
  }

  click(code: number): void {
    this.buttonDown(code);
    this.buttonUp(code);
  }

  /** Wheel clicks; positive is up and left. */
  scroll(deltaX: number, deltaY: number, control: boolean): void {
    if (deltaX === 0 && deltaY === 0) return;
    this.#flush();
    this.#send({ kind: 'scroll', deltaX, deltaY, control });
  }

  keys(actions: readonly KeyAction[]): void {
    for (const { kind, keysym } of actions) this.#send({ kind: kind === 'down' ? 'key-down' : 'key-up', keysym });
  }

  press(keysym: number): void {
    this.#send({ kind: 'key-down', keysym });
    this.#send({ kind: 'key-up', keysym });
  }

  releaseButtons(): void {
    for (const code of [...this.#buttons]) this.buttonUp(code);
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    const [gate, due] = flushMove(this.#gate, this.#clock.nowMs());
    this.#gate = gate;
    if (due) this.#send({ kind: 'move', ...due });
  }
}
