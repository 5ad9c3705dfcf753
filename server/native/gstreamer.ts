import koffi from 'koffi';
import { err, ok, type Result } from '../lib/result.js';
import { type GStreamerCalls, loadGStreamerCalls } from './gstreamer-calls.js';

/** GStreamer in this process: initialised once, pipelines made from launch descriptions. */
export interface GStreamer {
  readonly version: string;
  hasElement(name: string): boolean;
  /** Builds a pipeline in state NULL; the error is the parser's own message. */
  launch(description: string): Result<Pipeline>;
}

/** A message of the bus. */
export type PipelineMessage = { readonly kind: 'error'; readonly message: string } | { readonly kind: 'end-of-stream' };

/** A pipeline and the few things the worker does with it. Use after `close` throws. */
export interface Pipeline {
  /** Whether there is an element of this name. */
  has(element: string): boolean;
  /** Sets a property of a named element from text, as `gst-launch` does. */
  set(element: string, property: string, value: string): void;
  /** The same for the element of this name, or else for every element that this factory, such as `vp8enc`, has made. */
  setWherever(element: string, property: string, value: string): void;
  /** Sets the caps of a named `appsrc`. */
  setSourceCaps(element: string, caps: string): void;
  /** Goes to PLAYING off this thread; `baseNs` on the monotonic clock becomes running time 0. */
  play(baseNs: bigint): Promise<Result<void>>;
  /** Offers memory to a named `appsrc` without copying; the memory must stay unchanged until `released()`. */
  push(element: string, address: bigint, bytes: number, ptsNs: bigint, durationNs: bigint): boolean;
  /** True once no element reads the memory pushed last. */
  released(): boolean;
  /** Asks the encoder upstream of a named element for a keyframe at its next frame. */
  forceKeyframe(element: string): void;
  /** The next error or end of stream, or undefined. */
  nextMessage(): PipelineMessage | undefined;
  /** Stops it off this thread and frees it; idempotent, resolves when every thread of it is gone. */
  close(): Promise<void>;
}

const STATE_NULL = 1;
const STATE_PLAYING = 4;
const STATE_CHANGE_FAILURE = 0;
const CLOCK_TIME_NONE = 0xffff_ffff_ffff_ffffn;
const FLOW_OK = 0;
const MEMORY_FLAG_READONLY = 1 << 1;
const MESSAGE_EOS = 1;
const MESSAGE_ERROR = 2;
/** Offsets in the public, stable structures GstMiniObject, GstMessage and GstBuffer of a 64-bit GStreamer 1.x. */
const REFCOUNT_OFFSET = 8;
const MESSAGE_TYPE_OFFSET = 64;
/** GValue of a 64-bit GLib 2: its type, then two words of data. */
const VALUE_BYTES = 24;
const VALUE_POINTER_OFFSET = 8;
const ITERATOR_OK = 1;
const BUFFER_PTS_OFFSET = 72;
const BUFFER_DURATION_OFFSET = 88;

/** Loads and initialises GStreamer; the error says which package brings what is missing. */
export function openGStreamer(): Result<GStreamer> {
  const loaded = loadGStreamerCalls();
  if (!loaded.ok) return loaded;
  const gst = loaded.value;
  if (!gst.initCheck(null, null, null)) return err('GStreamer cannot be initialised');
  return ok({
    version: gst.versionString(),
    hasElement(name) {
      const factory = gst.factoryFind(name);
      if (factory !== null) gst.objectUnref(factory);
      return factory !== null;
    },
    launch: (description) => launch(gst, description),
  });
}

function launch(gst: GStreamerCalls, description: string): Result<Pipeline> {
  const failure: [bigint | null] = [null];
  const pipeline = gst.parseLaunch(description, failure);
  if (failure[0] !== null) {
    const message = takeError(gst, failure[0]);
    if (pipeline !== null) gst.objectUnref(pipeline);
    return err(message);
  }
  if (pipeline === null) return err('the description is empty');
  return ok(new LaunchedPipeline(gst, pipeline));
}

function takeError(gst: GStreamerCalls, error: bigint): string {
  const message = gst.errorMessage(error);
  gst.errorFree(error);
  return message;
}

class LaunchedPipeline implements Pipeline {
  readonly #gst: GStreamerCalls;
  readonly #pipeline: bigint;
  readonly #bus: bigint;
  readonly #elements = new Map<string, bigint>();
  /** The memory pushed last, held so that its reference count shows whether others still hold it. */
  #pushed: bigint | undefined;
  #closing: Promise<void> | undefined;

  constructor(gst: GStreamerCalls, pipeline: bigint) {
    this.#gst = gst;
    this.#pipeline = pipeline;
    this.#bus = gst.elementGetBus(pipeline);
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  set(element: string, property: string, value: string): void {
    this.#gst.setObjectArg(this.#element(element), property, value);
  }

  setWherever(element: string, property: string, value: string): void {
    const named = this.#find(element);
    for (const each of named === undefined ? this.#madeBy(element) : [named]) this.#gst.setObjectArg(each, property, value);
  }

  setSourceCaps(element: string, text: string): void {
    const caps = this.#gst.capsFromString(text);
    if (caps === null) throw new Error(`caps "${text}" cannot be read`);
    this.#gst.appSrcSetCaps(this.#element(element), caps);
    this.#gst.miniObjectUnref(caps);
  }

  play(baseNs: bigint): Promise<Result<void>> {
    this.#assertOpen();
    const gst = this.#gst;
    const clock = gst.systemClockObtain();
    gst.pipelineUseClock(this.#pipeline, clock);
    gst.objectUnref(clock);
    // Without a start time GStreamer does not choose a base time of its own when it goes to PLAYING.
    gst.elementSetStartTime(this.#pipeline, CLOCK_TIME_NONE);
    gst.elementSetBaseTime(this.#pipeline, baseNs);
    return this.#setState(STATE_PLAYING).then((outcome) =>
      outcome === STATE_CHANGE_FAILURE ? err(this.#failureReason()) : ok(undefined),
    );
  }

  push(element: string, address: bigint, bytes: number, ptsNs: bigint, durationNs: bigint): boolean {
    const gst = this.#gst;
    this.#forgetPushed();
    const memory = gst.memoryNewWrapped(MEMORY_FLAG_READONLY, address, bytes, 0, bytes, null, null);
    this.#pushed = gst.miniObjectRef(memory);
    const buffer = gst.bufferNew();
    gst.bufferAppendMemory(buffer, memory);
    koffi.encode(buffer, BUFFER_PTS_OFFSET, 'uint64', ptsNs);
    koffi.encode(buffer, BUFFER_DURATION_OFFSET, 'uint64', durationNs);
    return gst.appSrcPushBuffer(this.#element(element), buffer) === FLOW_OK;
  }

  released(): boolean {
    if (this.#pushed === undefined) return true;
    if (koffi.decode(this.#pushed, REFCOUNT_OFFSET, 'int32') !== 1) return false;
    this.#forgetPushed();
    return true;
  }

  forceKeyframe(element: string): void {
    // An upstream event works at the very next frame; a downstream event would wait for a buffer to travel with.
    this.#gst.elementSendEvent(this.#element(element), this.#gst.forceKeyUnit(CLOCK_TIME_NONE, true, 0));
  }

  nextMessage(): PipelineMessage | undefined {
    this.#assertOpen();
    const message = this.#gst.busPopFiltered(this.#bus, MESSAGE_EOS | MESSAGE_ERROR);
    if (message === null) return undefined;
    const read = this.#readMessage(message);
    this.#gst.miniObjectUnref(message);
    return read;
  }

  close(): Promise<void> {
    this.#closing ??= this.#setState(STATE_NULL).then(() => {
      this.#forgetPushed();
      for (const element of this.#elements.values()) this.#gst.objectUnref(element);
      this.#gst.objectUnref(this.#bus);
      this.#gst.objectUnref(this.#pipeline);
    });
    return this.#closing;
  }

  #readMessage(message: bigint): PipelineMessage {
    const type: unknown = koffi.decode(message, MESSAGE_TYPE_OFFSET, 'uint32');
    if (type === MESSAGE_EOS) return { kind: 'end-of-stream' };
    const error: [bigint | null] = [null];
    this.#gst.messageParseError(message, error, null);
    return { kind: 'error', message: error[0] === null ? 'unknown error' : takeError(this.#gst, error[0]) };
  }

  #failureReason(): string {
    const message = this.nextMessage();
    return message?.kind === 'error' ? message.message : 'the pipeline does not start';
  }

  /** State changes may wait for devices and threads, so they run on a worker thread. */
  #setState(state: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#gst.elementSetState.async(this.#pipeline, state, (error, outcome) => (error ? reject(error) : resolve(outcome)));
    });
  }

  #forgetPushed(): void {
    if (this.#pushed !== undefined) this.#gst.miniObjectUnref(this.#pushed);
    this.#pushed = undefined;
  }

  #element(name: string): bigint {
    const found = this.#find(name);
    if (found === undefined) throw new Error(`the pipeline has no element named ${name}`);
    return found;
  }

  #find(name: string): bigint | undefined {
    this.#assertOpen();
    const known = this.#elements.get(name);
    if (known !== undefined) return known;
    const found = this.#gst.binGetByName(this.#pipeline, name);
    if (found === null) return undefined;
    this.#elements.set(name, found);
    return found;
  }

  /** The elements that a factory made; they live as long as the pipeline holds them. */
  #madeBy(factory: string): bigint[] {
    const iterator = this.#gst.binIterateAllByFactory(this.#pipeline, factory);
    if (iterator === null) return [];
    const found: bigint[] = [];
    const item = Buffer.alloc(VALUE_BYTES);
    while (this.#gst.iteratorNext(iterator, item) === ITERATOR_OK) {
      found.push(item.readBigUInt64LE(VALUE_POINTER_OFFSET));
      this.#gst.valueUnset(item);
    }
    this.#gst.iteratorFree(iterator);
    return found;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new Error('pipeline used after close');
  }
}
