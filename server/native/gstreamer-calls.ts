import koffi, { type KoffiFunc, type TypeObject } from 'koffi';
import { err, ok, type Result } from '../lib/result.js';

type Pointer = bigint;

/** The functions of GStreamer 1.20 and later that are used, one to one. Pointers are plain numbers; the caller owns what it gets. */
export interface GStreamerCalls {
  readonly initCheck: (argc: null, argv: null, error: null) => boolean;
  readonly versionString: () => string;
  readonly factoryFind: (name: string) => Pointer | null;
  readonly parseLaunch: (description: string, error: [Pointer | null]) => Pointer | null;
  readonly objectUnref: (object: Pointer) => void;
  readonly errorMessage: (error: Pointer) => string;
  readonly errorFree: (error: Pointer) => void;
  readonly binGetByName: (bin: Pointer, name: string) => Pointer | null;
  readonly binIterateAllByFactory: (bin: Pointer, factory: string) => Pointer | null;
  /** `item` is a GValue of zeros; 1 says that it was filled. */
  readonly iteratorNext: (iterator: Pointer, item: Buffer) => number;
  readonly iteratorFree: (iterator: Pointer) => void;
  readonly valueUnset: (item: Buffer) => void;
  readonly setObjectArg: (object: Pointer, name: string, value: string) => void;
  readonly elementSetState: KoffiFunc<(element: Pointer, state: number) => number>;
  readonly elementSetBaseTime: (element: Pointer, timeNs: bigint) => void;
  readonly elementSetStartTime: (element: Pointer, timeNs: bigint) => void;
  readonly elementSendEvent: (element: Pointer, event: Pointer) => boolean;
  readonly elementGetBus: (element: Pointer) => Pointer;
  readonly pipelineUseClock: (pipeline: Pointer, clock: Pointer) => void;
  readonly systemClockObtain: () => Pointer;
  readonly busPopFiltered: (bus: Pointer, types: number) => Pointer | null;
  readonly messageParseError: (message: Pointer, error: [Pointer | null], debug: null) => void;
  readonly miniObjectRef: (object: Pointer) => Pointer;
  readonly miniObjectUnref: (object: Pointer) => void;
  readonly capsFromString: (text: string) => Pointer | null;
  readonly memoryNewWrapped: (
    flags: number,
    data: Pointer,
    maxSize: number,
    offset: number,
    size: number,
    userData: null,
    notify: null,
  ) => Pointer;
  readonly bufferNew: () => Pointer;
  readonly bufferAppendMemory: (buffer: Pointer, memory: Pointer) => void;
  readonly appSrcSetCaps: (source: Pointer, caps: Pointer) => void;
  readonly appSrcPushBuffer: (source: Pointer, buffer: Pointer) => number;
  readonly forceKeyUnit: (runningTimeNs: bigint, allHeaders: boolean, count: number) => Pointer;
}

/** Binds GStreamer's libraries; the error names the Debian packages that bring them. */
export function loadGStreamerCalls(): Result<GStreamerCalls> {
  try {
    return ok(bind());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(`GStreamer cannot be loaded (${reason}); install libgstreamer1.0-0 and libgstreamer-plugins-base1.0-0`);
  }
}

function bind(): GStreamerCalls {
  const core = koffi.load('libgstreamer-1.0.so.0');
  const app = koffi.load('libgstapp-1.0.so.0');
  const video = koffi.load('libgstvideo-1.0.so.0');
  const gobject = koffi.load('libgobject-2.0.so.0');
  const glib = koffi.load('libglib-2.0.so.0');
  const error = koffi.struct({ domain: 'uint32', code: 'int', message: 'const char *' });
  const readError: (pointer: Pointer, type: TypeObject) => { message: string } = koffi.decode;
  return {
    initCheck: core.func('bool gst_init_check(void *argc, void *argv, void *error)'),
    versionString: core.func('const char *gst_version_string()'),
    factoryFind: core.func('void *gst_element_factory_find(const char *name)'),
    parseLaunch: core.func('void *gst_parse_launch(const char *description, _Out_ void **error)'),
    objectUnref: core.func('void gst_object_unref(void *object)'),
    errorMessage: (pointer) => readError(pointer, error).message,
    errorFree: glib.func('void g_error_free(void *error)'),
    binGetByName: core.func('void *gst_bin_get_by_name(void *bin, const char *name)'),
    binIterateAllByFactory: core.func('void *gst_bin_iterate_all_by_element_factory_name(void *bin, const char *factory)'),
    iteratorNext: core.func('int gst_iterator_next(void *iterator, void *item)'),
    iteratorFree: core.func('void gst_iterator_free(void *iterator)'),
    valueUnset: gobject.func('void g_value_unset(void *item)'),
    setObjectArg: core.func('void gst_util_set_object_arg(void *object, const char *name, const char *value)'),
    elementSetState: core.func('int gst_element_set_state(void *element, int state)'),
    elementSetBaseTime: core.func('void gst_element_set_base_time(void *element, uint64_t time)'),
    elementSetStartTime: core.func('void gst_element_set_start_time(void *element, uint64_t time)'),
    elementSendEvent: core.func('bool gst_element_send_event(void *element, void *event)'),
    elementGetBus: core.func('void *gst_element_get_bus(void *element)'),
    pipelineUseClock: core.func('void gst_pipeline_use_clock(void *pipeline, void *clock)'),
    systemClockObtain: core.func('void *gst_system_clock_obtain()'),
    busPopFiltered: core.func('void *gst_bus_pop_filtered(void *bus, int types)'),
    messageParseError: core.func('void gst_message_parse_error(void *message, _Out_ void **error, void *debug)'),
    miniObjectRef: core.func('void *gst_mini_object_ref(void *object)'),
    miniObjectUnref: core.func('void gst_mini_object_unref(void *object)'),
    capsFromString: core.func('void *gst_caps_from_string(const char *text)'),
    memoryNewWrapped: core.func(
      'void *gst_memory_new_wrapped(int flags, void *data, size_t maxSize, size_t offset, size_t size, void *userData, void *notify)',
    ),
    bufferNew: core.func('void *gst_buffer_new()'),
    bufferAppendMemory: core.func('void gst_buffer_append_memory(void *buffer, void *memory)'),
    appSrcSetCaps: app.func('void gst_app_src_set_caps(void *source, const void *caps)'),
    appSrcPushBuffer: app.func('int gst_app_src_push_buffer(void *source, void *buffer)'),
    forceKeyUnit: video.func(
      'void *gst_video_event_new_upstream_force_key_unit(uint64_t runningTime, bool allHeaders, uint32_t count)',
    ),
  };
}
