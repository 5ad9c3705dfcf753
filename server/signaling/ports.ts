import type { Dispose } from '../lib/dispose.js';
import type { Result } from '../lib/result.js';
import type { Member, MemberError, MemberProvider, VerifiedMember } from '../members/provider.js';
import type { Position } from '../protocol/control.js';
import type { InputCommand } from '../protocol/datachannel.js';
import type { DoctorResult, DoctorStart, DoctorView, doctorServerEvents } from '../protocol/doctor.js';
import type { MessageOf } from '../protocol/events.js';
import type { KeyboardMap, KeyboardModifiers, KeyboardModifiersPatch } from '../protocol/keyboard.js';
import type { ScreenSize } from '../protocol/screen.js';
import type {
  CandidateInit,
  Description,
  IceServer,
  PeerAudio,
  PeerAudioRequest,
  PeerVideo,
  PeerVideoRequest,
  SignalProvide,
  SignalRequest,
} from '../protocol/signal.js';

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
  /** Answers with the size applied. `size.width` is a multiple of 8 and `size.rate` above 0 when it gets here. */
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

/** What signaling needs of WebRTC: at most one peer per session, which outlives the session's WebSocket. */
export interface PeerPort {
  /** Selectable video ids, best first. */
  readonly videos: readonly string[];
  /** Makes the session's peer; an older one is replaced without any hook of it being called again. */
  request(
    sessionId: string,
    request: SignalRequest,
    hooks: PeerHooks,
    circumstances: PeerCircumstances,
  ): Promise<Result<SignalProvide>>;
  peer(sessionId: string): PeerHandle | undefined;
  /** The session `by` moved the pointer, on the screen; the others are shown where it is. */
  pointerMoved(move: Position & { readonly by: string }): void;
}

export interface PeerCircumstances {
  /** Negotiate as usual, but send no media until told otherwise. */
  readonly paused: boolean;
  /** The IP address that the WebSocket comes from. */
  readonly clientAddress: string;
}

export interface PeerHooks {
  onCandidate(candidate: CandidateInit): void;
  onOffer(offer: Description): void;
  onVideo(video: PeerVideo): void;
  onAudio(audio: PeerAudio): void;
  /** ICE servers in place of those that the session's browser has, whose credentials end soon. */
  onIceServers(servers: IceServer[]): void;
  onConnected(): void;
  /** The peer is gone, whoever ended it; called once, and not for a peer that was replaced. */
  onClosed(): void;
  /** A message of the data channel that was decoded; pings are answered by the peer itself. */
  onInput(command: InputCommand): void;
}

export interface PeerHandle {
  answer(sdp: string): Promise<Result<void>>;
  offer(sdp: string): Promise<Result<Description>>;
  candidate(init: CandidateInit): Promise<Result<void>>;
  restart(): Promise<Result<Description>>;
  /** The session has another socket; what was said while it had none is lost. */
  socketOpened(): void;
  setVideo(request: PeerVideoRequest): Promise<Result<void>>;
  setAudio(request: PeerAudioRequest): Promise<Result<void>>;
  /** How long received sound waits in the client for being played, ms; 0 while it plays none. */
  setSoundDelay(soundDelayMs: number): void;
  setPaused(paused: boolean): void;
  close(): void;
}

/** What signaling needs of the connection check. */
export interface DoctorPort {
  serverView(): Promise<DoctorView>;
  start(sessionId: string, page: DoctorStart, visitor: DoctorVisitor): Result<void>;
  answer(sessionId: string, probe: string, sdp: string): Result<void>;
  candidate(sessionId: string, probe: string, text: string): Result<void>;
  result(sessionId: string, result: DoctorResult): Result<void>;
}

export interface DoctorVisitor {
  readonly clientAddress: string;
  /** Is told what the server tried by itself, too. */
  readonly isAdmin: boolean;
  send(message: MessageOf<typeof doctorServerEvents>): void;
}

/** What signaling needs of the capture. */
export interface CapturePort {
  /** An input comes: it is answered with the next picture at once. */
  noteInput(): void;
}

export interface ScreenshotPort {
  /** A JPEG of the whole screen, without the pointer, in a quality of 1 to 100; an error within 4 s where there is none. */
  screenshot(quality: number): Promise<Result<Buffer>>;
}

export interface HealthPort {
  /** Why a viewer who comes now would get no picture; undefined when he would. */
  problem(): string | undefined;
}

export type { Member, MemberError, VerifiedMember };

/** What signaling needs of the members: a provider, whole. Passwords are compared in constant time behind it. */
export type MemberPort = MemberProvider;
