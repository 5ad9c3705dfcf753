import type { DoctorVisitor } from '../doctor/doctor.js';
import type { Dispose } from '../lib/dispose.js';
import type { Result } from '../lib/result.js';
import type { Member, MemberError, MemberProvider, VerifiedMember } from '../members/provider.js';
import type { DoctorResult, DoctorStart, DoctorView } from '../protocol/doctor.js';
import type { Position } from '../protocol/events/control.js';
import type { KeyboardMap, KeyboardModifiers, KeyboardModifiersPatch } from '../protocol/events/keyboard.js';
import type { ScreenSize } from '../protocol/events/screen.js';
import type { SignalProvide, SignalRequest } from '../protocol/events/signal.js';
import type { ViewerHandle } from '../viewers/viewer-handle.js';
import type { Circumstances, WebRtcHooks, WebRtcSignaling } from '../viewers/webrtc/webrtc-signaling.js';

/** What signaling needs of the desktop. */
export interface DesktopPort {
  readonly screen: ScreenPort;
  readonly input: InputPort;
  readonly keyboard: KeyboardPort;
  readonly clipboard: ClipboardPort;
  /** The desktop takes touch events. */
  readonly touchEvents: boolean;
}

export interface ScreenPort {
  current(): ScreenSize;
  configurations(): readonly ScreenSize[];
  /** Returns the size applied. Callers make `size.width` a multiple of 8 and `size.rate` above 0. */
  set(size: ScreenSize): Promise<Result<ScreenSize>>;
}

/** Screen pixels (positions off the screen end at its edge), X button numbers, X keysyms. Nothing here waits for the X server. */
export interface InputPort {
  move(x: number, y: number): void;
  /** Wheel clicks, positive is up and, as neko has it, button 6; `control` holds Ctrl meanwhile. */
  scroll(deltaX: number, deltaY: number, control: boolean): void;
  buttonDown(code: number): void;
  buttonUp(code: number): void;
  /** Lets go of everything held, presses, lets go. */
  buttonPress(code: number): void;
  keyDown(keysym: number): void;
  keyUp(keysym: number): void;
  /** Lets go of everything held, presses all in order, lets go after about 10 ms; later input comes after that. */
  keyPress(keysyms: readonly number[]): void;
  releaseAll(): void;
  /** Resolves once the X server has worked off all input so far, or is gone. */
  synced(): Promise<void>;
  touch(kind: TouchKind, id: number, x: number, y: number, pressure: number): void;
}

export type TouchKind = 'begin' | 'update' | 'end';

export interface KeyboardPort {
  map(): Promise<Result<KeyboardMap>>;
  setMap(map: KeyboardMap): Promise<Result<void>>;
  modifiers(): Promise<Result<KeyboardModifiers>>;
  setModifiers(patch: KeyboardModifiersPatch): Promise<Result<void>>;
}

export interface ClipboardPort {
  /** The text alone, undefined where there is none; an error where nobody owns the clipboard or it holds too much. */
  readText(): Promise<Result<string | undefined>>;
  /** An error where nobody owns the clipboard or it holds too much. */
  read(): Promise<Result<{ readonly text?: string; readonly html?: string }>>;
  /** The clipboard's picture as PNG. */
  image(): Promise<Result<Uint8Array>>;
  write(content: { readonly text?: string; readonly html?: string }): Promise<Result<void>>;
  /** Called whenever the clipboard has a new owner, we ourselves included. */
  onChange(listener: () => void): Dispose;
}

/** What signaling needs of the viewers: at most one per session, which outlives the session's WebSocket. */
export interface ViewersPort {
  /** Selectable video ids, best first. */
  readonly videos: readonly string[];
  viewer(sessionId: string): ViewerHandle | undefined;
  /** The session `by` moved the pointer; the others are shown its position. */
  pointerMoved(move: Position & { readonly by: string }): void;
}

/** What signaling needs of WebRTC, the transport that clients negotiate over the WebSocket. */
export interface WebRtcPort {
  /** Makes the session's viewer; it replaces an older one, whose hooks are not called any more. */
  request(
    sessionId: string,
    request: SignalRequest,
    hooks: WebRtcHooks,
    circumstances: Circumstances,
  ): Promise<Result<SignalProvide>>;
  /** The session's peer; undefined for a session that does not watch over WebRTC. */
  signaling(sessionId: string): WebRtcSignaling | undefined;
}

/** What signaling needs of the connection check. */
export interface DoctorPort {
  serverView(): Promise<DoctorView>;
  start(sessionId: string, page: DoctorStart, visitor: DoctorVisitor): Result<void>;
  answer(sessionId: string, probe: string, sdp: string): Result<void>;
  candidate(sessionId: string, probe: string, text: string): Result<void>;
  result(sessionId: string, result: DoctorResult): Result<void>;
}

/** What signaling needs of the capture. */
export interface CapturePort {
  /** What of picture and sound does not run, each with the reason in GStreamer's words. */
  problems(): readonly { readonly about: string; readonly reason: string }[];
  /** An input comes: the next picture is captured at once. */
  noteInput(): void;
}

export interface ScreenshotPort {
  /** A JPEG of the whole screen, without the pointer, in a quality of 1 to 100; an error within 4 s where there is none. */
  screenshot(quality: number): Promise<Result<Buffer>>;
}

export interface HealthPort {
  /** Why a new viewer would get no picture; undefined when it would. */
  problem(): string | undefined;
}

export type { Member, MemberError, VerifiedMember };

/** What signaling needs of the members: a provider, which compares passwords in constant time. */
export type MemberPort = MemberProvider;
