import type { V2AudioConfig, V2VideoConfig } from '../config.js';
import type { Form } from '../forms/form.js';
import { readOddText } from '../forms/odd-text.js';
import { envName } from '../key.js';
import { badValue, type ConfigError, type Given, type Origin } from '../origin.js';
import { V2_FORMS, V2_NAMES, V2_REPLACEMENT, V2_SECRETS, type V2Name } from './v2-keys.js';

/** The result of the v2 settings: values that override v3 ones, and requests that have no v3 setting. */
export interface V2Outcome {
  /** By slot of the schema; stronger than every v3 value (SPEC.md CF2). */
  readonly overlay: ReadonlyMap<string, Given>;
  readonly video: V2VideoConfig | undefined;
  readonly audio: V2AudioConfig | undefined;
  /** URLs of `iceserver`: a further server without credentials, for browsers and the server. */
  readonly iceUrls: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly ConfigError[];
}

/** These mean the same as their replacement and are read by its form. */
const RENAMED = [
  'bind',
  'cert',
  'key',
  'proxy',
  'static',
  'path_prefix',
  'cors',
  'implicit_control',
  'control_protection',
  'heartbeat_interval',
  'file_transfer_enabled',
  'file_transfer_path',
  'screen',
  'display',
  'device',
  'broadcast_pipeline',
  'broadcast_url',
  'broadcast_autostart',
  'nat1to1',
  'tcpmux',
  'udpmux',
  'icelite',
  'video_codec',
  'audio_codec',
] as const satisfies readonly V2Name[];

/** An explicit empty value of these has no effect. */
const NEEDS_TEXT: ReadonlySet<V2Name> = new Set(['display', 'device', 'video_codec', 'audio_codec']);

/** Read even where legacy mode is off (SPEC.md CF11). */
const ALWAYS_READ: ReadonlySet<V2Name> = new Set(['file_transfer_enabled', 'file_transfer_path']);

/** Bit rates and rate of v2 where its keys leave them open (SPEC.md CF13, CF14). */
const V2_VIDEO_KBPS = 3_072;
const V2_FPS = 25;
const V2_AUDIO_KBPS = 128;

/** Reads the v2 settings that were given. `explicit` says whether a v3 setting was given too. */
export function readV2(all: ReadonlyMap<V2Name, Given>, legacy: boolean, explicit: (path: string) => boolean): V2Outcome {
  const given = legacy ? all : new Map([...all].filter(([name]) => ALWAYS_READ.has(name)));
  const reading = new V2Reading(given, explicit);
  reading.renamed();
  reading.server();
  reading.passwords();
  reading.network();
  const videoCodecs = ['vp8', 'vp9', 'h264', 'av1'] as const;
  const audioCodecs = ['opus', 'g722', 'pcmu', 'pcma'] as const;
  const video = reading.video(reading.codec('capture.video.codec', 'video_codec', videoCodecs));
  const audio = reading.audio(reading.codec('capture.audio.codec', 'audio_codec', audioCodecs));
  const warnings = [...given.keys()].map(
    (name) => `${envName(name)} (${name}) is a setting of v2; write ${envName(V2_REPLACEMENT[name])} instead.`,
  );
  const { overlay, iceUrls, errors } = reading;
  return { overlay, video, audio, iceUrls, errors, warnings: [...warnings, ...reading.warnings] };
}

class V2Reading {
  readonly overlay = new Map<string, Given>();
  readonly warnings: string[] = [];
  readonly errors: ConfigError[] = [];
  iceUrls: readonly string[] = [];

  readonly #given: ReadonlyMap<V2Name, Given>;
  readonly #explicit: (path: string) => boolean;

  constructor(given: ReadonlyMap<V2Name, Given>, explicit: (path: string) => boolean) {
    this.#given = given;
    this.#explicit = explicit;
  }

  renamed(): void {
    for (const name of RENAMED) {
      const given = this.#given.get(name);
      if (given === undefined || (given.raw === '' && NEEDS_TEXT.has(name))) continue;
      this.overlay.set(V2_REPLACEMENT[name], given);
    }
  }

  server(): void {
    const logs = this.#take('logs', V2_FORMS.logs);
    if (logs !== undefined) this.#set('log.dir', 'logs', logs ? '/var/log/neko' : '');
    for (const lock of this.#take('locks', V2_FORMS.locks) ?? []) {
      if (lock === 'control') this.#set('session.locked_controls', 'locks', true);
      if (lock === 'login') this.#set('session.locked_logins', 'locks', true);
    }
  }

  /** Either password selects the multiuser provider. A role without one keeps its v3 password, since none is built in. */
  passwords(): void {
    const sides = [
      ['password', 'member.multiuser.user_password'],
      ['password_admin', 'member.multiuser.admin_password'],
    ] as const;
    for (const [name, slot] of sides) {
      const password = this.#take(name, V2_FORMS[name]);
      if (password === undefined) continue;
      this.#set('member.provider', name, 'multiuser');
      if (password !== '') this.#set(slot, name, password);
    }
  }

  network(): void {
    const epr = this.#take('epr', V2_FORMS.epr);
    const reversed = /^(\d+)-(\d+)$/.exec(epr?.trim() ?? '');
    if (reversed !== null && Number(reversed[1]) > Number(reversed[2])) {
      this.warnings.push(`NEKO_EPR: the range ${epr} is reversed and was turned round.`);
      this.#set('webrtc.epr', 'epr', `${reversed[2]}-${reversed[1]}`);
    } else if (epr !== undefined) {
      this.#set('webrtc.epr', 'epr', epr);
    }
    const servers = this.#given.get('iceservers');
    if (servers !== undefined) {
      this.overlay.set('webrtc.iceservers.shared', servers);
      this.#set('webrtc.iceservers.frontend', 'iceservers', []);
      this.#set('webrtc.iceservers.backend', 'iceservers', []);
    }
    this.iceUrls = this.#take('iceserver', V2_FORMS.iceserver) ?? [];
    // neko asks its v3 service first and this one only when that failed; a service that was set is meant to be asked.
    const fetch = this.#take('ipfetch', V2_FORMS.ipfetch);
    if (fetch !== undefined && !this.#explicit('webrtc.ip_retrieval_url')) this.#set('webrtc.ip_retrieval_url', 'ipfetch', fetch);
  }

  /** Applies the boolean codec keys, of which the first true one wins over the named codec. True if any key chose a codec. */
  codec(slot: string, named: 'video_codec' | 'audio_codec', flags: readonly V2FlagName[]): boolean {
    for (const name of flags) {
      if (this.#take(name, V2_FORMS[name]) !== true) continue;
      this.#set(slot, name, name);
      return true;
    }
    return Boolean(this.#given.get(named)?.raw);
  }

  video(codecChosen: boolean): V2VideoConfig | undefined {
    const template = this.#take('video', V2_FORMS.video) || undefined;
    const bitrateKbps = this.#take('video_bitrate', V2_FORMS.video_bitrate) || undefined;
    const fps = this.#take('max_fps', V2_FORMS.max_fps) || undefined;
    const hardwareEncoder = this.#take('hwenc', V2_FORMS.hwenc);
    if (
      !codecChosen &&
      template === undefined &&
      bitrateKbps === undefined &&
      fps === undefined &&
      hardwareEncoder === undefined
    ) {
      return undefined;
    }
    if (this.#explicit('capture.video.pipeline') || this.#explicit('capture.video.pipelines')) {
      this.warnings.push('The v2 video settings are ignored, because capture.video.pipeline or capture.video.pipelines is set.');
      return undefined;
    }
    return {
      bitrateKbps: bitrateKbps ?? V2_VIDEO_KBPS,
      fps: fps ?? V2_FPS,
      hardwareEncoder: hardwareEncoder ?? 'none',
      template,
    };
  }

  audio(codecChosen: boolean): V2AudioConfig | undefined {
    const template = this.#take('audio', V2_FORMS.audio) || undefined;
    const bitrateKbps = this.#take('audio_bitrate', V2_FORMS.audio_bitrate) || undefined;
    if (!codecChosen && template === undefined && bitrateKbps === undefined) return undefined;
    return { bitrateKbps: bitrateKbps ?? V2_AUDIO_KBPS, template };
  }

  #take<T>(name: V2Name, form: Form<T>): T | undefined {
    const given = this.#given.get(name);
    if (given === undefined) return undefined;
    const { value, warnings } = readOddText(form, given, name, V2_SECRETS.has(name));
    this.warnings.push(...warnings);
    if (value.ok) return value.value;
    this.errors.push(badValue(name, given, value.error, form.allowed, V2_SECRETS.has(name)));
    return undefined;
  }

  #set(slot: string, by: V2Name, raw: unknown): void {
    const origin: Origin = this.#given.get(by)?.origin ?? { kind: 'default' };
    this.overlay.set(slot, { raw, origin });
  }
}

type V2FlagName = 'vp8' | 'vp9' | 'h264' | 'av1' | 'opus' | 'g722' | 'pcmu' | 'pcma';

/** Finds the v2 settings in flags, environment and file. */
export function findV2(find: (name: V2Name) => Given | undefined): ReadonlyMap<V2Name, Given> {
  const found = V2_NAMES.flatMap((name): (readonly [V2Name, Given])[] => {
    const given = find(name);
    return given === undefined ? [] : [[name, given]];
  });
  return new Map(found);
}
