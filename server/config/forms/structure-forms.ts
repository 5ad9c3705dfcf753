import { err, ok, type Result } from '../../lib/result.js';
import { errorMessage } from '../../protocol/errors/http-errors.js';
import type { MemberProfile } from '../../protocol/events/profile.js';
import { accountNameTrouble, nameTrouble } from '../../protocol/name.js';
import type { ConfiguredUser, IceServerSetting, PipelineConfig } from '../config.js';
import { parseJsonAsWritten } from './as-written.js';
import { type Form, isMapping } from './form.js';
import { boolean, integer, parseInteger, text } from './scalar-forms.js';
import { isBareNull, plain, Unquoted } from './unquoted.js';

/** JSON text becomes its value; native values pass. Text that is no JSON object or list is an error. */
function structure(raw: unknown): Result<unknown, string> {
  if (isBareNull(raw)) return ok(undefined);
  if (typeof raw !== 'string') return ok(raw);
  const word = raw.trim();
  if (word === '') return ok(undefined);
  if (!/^[[{]/.test(word)) return err('neither a JSON object nor a JSON list');
  try {
    return ok(parseJsonAsWritten(word));
  } catch (error) {
    // The message of the parser quotes the text, which may hold a password; only the place is passed on.
    const place = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    return err(`not valid JSON${place === undefined ? '' : ` at ${place}`}`);
  }
}

/** A single value where a list is wanted is a list of one; an empty object or nothing is an empty list. */
function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === undefined || value === null || value === '' || isBareNull(value)) return [];
  return isMapping(value) && Object.keys(value).length === 0 ? [] : [value];
}

/** Looks a field up by its exact name, then without regard to case; null counts as absent. */
function field(object: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name] ?? undefined;
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : (object[key] ?? undefined);
}

function optional<T>(object: Readonly<Record<string, unknown>>, name: string, form: Form<T>): Result<T | undefined, string> {
  const raw = field(object, name);
  if (raw === undefined || (isBareNull(raw) && !form.anyText)) return ok(undefined);
  const value = form.read(raw);
  return value.ok ? value : err(`${name}: ${value.error}, allowed: ${form.allowed}`);
}

/** The value as JSON text; empty for an empty list or object. */
function showJson(value: object): string {
  return Object.keys(value).length === 0 ? '' : JSON.stringify(value);
}

function snakeCased(stream: PipelineConfig): object {
  return Object.fromEntries(
    Object.entries(stream).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

/** Reads every element of a list; the error names a wrong one by its place. */
function each<T>(
  raw: unknown,
  read: (object: Readonly<Record<string, unknown>>) => Result<T, string>,
): Result<readonly T[], string> {
  const parsed = structure(raw);
  if (!parsed.ok) return parsed;
  const values: T[] = [];
  for (const [index, item] of asList(parsed.value).entries()) {
    const inner = structure(item);
    const value = !inner.ok ? inner : isMapping(inner.value) ? read(inner.value) : err('not an object');
    if (!value.ok) return err(`entry ${index + 1}: ${value.error}`);
    values.push(value.value);
  }
  return ok(values);
}

function iceServer(object: Readonly<Record<string, unknown>>): Result<IceServerSetting, string> {
  const urls: string[] = [];
  for (const raw of asList(field(object, 'urls'))) {
    if (typeof raw !== 'string') return err('urls must be text or a list of texts');
    urls.push(raw.trim());
  }
  if (urls.length === 0) return err('urls is missing');
  const username = optional(object, 'username', text);
  if (!username.ok) return username;
  const credential = optional(object, 'credential', text);
  if (!credential.ok) return credential;
  return ok({
    urls,
    ...(username.value ? { username: username.value } : {}),
    ...(credential.value ? { credential: credential.value } : {}),
  });
}

export const iceServers: Form<readonly IceServerSetting[]> = {
  allowed: 'a JSON list such as [{"urls":["turn:host:3478"],"username":"u","credential":"c"}], schemes stun, stuns, turn, turns',
  read: (raw) => each(raw, iceServer),
  show: showJson,
};

const FLAGS = [
  'is_admin',
  'can_login',
  'can_connect',
  'can_watch',
  'can_host',
  'can_share_media',
  'can_access_clipboard',
  'sends_inactive_cursor',
  'can_see_inactive_cursors',
] as const satisfies readonly (keyof MemberProfile)[];

/** A name that people see. */
const displayName: Form<string> = {
  ...text,
  allowed: 'one line with a character that can be seen, or nothing',
  read: (raw) => {
    const name = text.read(raw);
    const trouble = name.ok ? nameTrouble(name.value) : undefined;
    return trouble === undefined ? name : err(errorMessage(trouble));
  },
};

function partialProfile(
  object: Readonly<Record<string, unknown>>,
  nameForm: Form<string>,
): Result<Partial<MemberProfile>, string> {
  const profile: Partial<MemberProfile> = {};
  const name = optional(object, 'name', nameForm);
  if (!name.ok) return name;
  if (name.value !== undefined) profile.name = name.value;
  for (const flag of FLAGS) {
    const value = optional(object, flag, boolean);
    if (!value.ok) return value;
    if (value.value !== undefined) profile[flag] = value.value;
  }
  const plugins = plain(field(object, 'plugins'));
  if (plugins !== undefined && plugins !== null && !isMapping(plugins)) return err('plugins: not an object of dotted names');
  if (isMapping(plugins)) profile.plugins = { ...plugins };
  return ok(profile);
}

function profileForm(nameForm: Form<string>): Form<Partial<MemberProfile>> {
  return {
    allowed: 'a JSON object of profile fields such as {"can_host":false}',
    read: (raw) => {
      const parsed = structure(raw);
      if (!parsed.ok) return parsed;
      if (parsed.value === undefined) return ok({});
      return isMapping(parsed.value) ? partialProfile(parsed.value, nameForm) : err('not an object');
    },
    show: showJson,
  };
}

export const memberProfile = profileForm(displayName);

/** A profile as earlier versions may have stored it, with a name of any form. */
export const storedProfile = profileForm(text);

/** Flags that an account of the object or file provider does not give are false. */
export const NO_RIGHTS: MemberProfile = {
  name: '',
  is_admin: false,
  can_login: false,
  can_connect: false,
  can_watch: false,
  can_host: false,
  can_share_media: false,
  can_access_clipboard: false,
  sends_inactive_cursor: false,
  can_see_inactive_cursors: false,
  plugins: null,
};

function user(object: Readonly<Record<string, unknown>>): Result<ConfiguredUser, string> {
  const username = optional(object, 'username', text);
  if (!username.ok) return username;
  const password = optional(object, 'password', text);
  if (!password.ok) return password;
  if (!username.value || !password.value) return err('username and password are both needed');
  const trouble = accountNameTrouble(username.value);
  if (trouble !== undefined) return err(`username: ${errorMessage(trouble)}`);
  const profile = memberProfile.read(field(object, 'profile') ?? {});
  if (!profile.ok) return err(`profile: ${profile.error}`);
  return ok({ username: username.value, password: password.value, profile: { ...NO_RIGHTS, ...profile.value } });
}

export const users: Form<readonly ConfiguredUser[]> = {
  allowed: 'a JSON list such as [{"username":"ann","password":"…","profile":{"can_login":true}}], no name twice',
  read: (raw) => {
    const list = each(raw, user);
    if (!list.ok) return list;
    const twice = list.value.find((one, index) => list.value.findIndex((other) => other.username === one.username) !== index);
    return twice === undefined ? list : err(`${twice.username} is there twice`);
  },
  show: showJson,
};

/** A boolean for a text field is `1` or `0`, as upstream reads it. */
const expression: Form<string> = {
  allowed: 'an expression: text or a number',
  read: (raw) => {
    const value = plain(raw);
    return typeof value === 'boolean' ? ok(value ? '1' : '0') : text.read(calculated(raw));
  },
  show: (value) => value,
};

/** Expressions know decimal numbers only, so an unquoted number stands for its value. */
function calculated(raw: unknown): unknown {
  return raw instanceof Unquoted && typeof raw.value === 'number' ? (parseInteger(raw) ?? raw.value) : raw;
}

function pipeline(object: Readonly<Record<string, unknown>>): Result<PipelineConfig, string> {
  const built: { -readonly [K in keyof PipelineConfig]: PipelineConfig[K] } = { showPointer: false };
  const texts = [
    ['width', 'width'],
    ['height', 'height'],
    ['fps', 'fps'],
    ['gst_prefix', 'gstPrefix'],
    ['gst_encoder', 'gstEncoder'],
    ['gst_suffix', 'gstSuffix'],
    ['gst_pipeline', 'gstPipeline'],
  ] as const;
  for (const [name, property] of texts) {
    const value = optional(object, name, expression);
    if (!value.ok) return value;
    if (value.value) built[property] = value.value;
  }
  const bitrate = optional(object, 'bitrate', integer(0));
  if (!bitrate.ok) return bitrate;
  if (bitrate.value !== undefined) built.bitrate = bitrate.value;
  const pointer = optional(object, 'show_pointer', boolean);
  if (!pointer.ok) return pointer;
  built.showPointer = pointer.value ?? false;
  const params = gstParams(field(object, 'gst_params'));
  if (!params.ok) return params;
  if (params.value !== undefined) built.gstParams = params.value;
  if (!built.gstPipeline && !built.gstEncoder) return err('gst_encoder or gst_pipeline is needed');
  for (const part of [built.gstPrefix, built.gstSuffix]) {
    if (part !== undefined && !built.gstPipeline && !part.trim().startsWith('!'))
      return err('gst_prefix and gst_suffix must start with "!"');
  }
  return ok(built);
}

function gstParams(raw: unknown): Result<Readonly<Record<string, string>> | undefined, string> {
  if (raw === undefined) return ok(undefined);
  if (!isMapping(raw)) return err('gst_params: not an object of encoder properties');
  const params: [string, string][] = [];
  for (const [name, value] of Object.entries(raw)) {
    const word =
      typeof plain(value) === 'boolean' ? ok(String(plain(value))) : text.read(calculated(plain(value) === null ? '' : value));
    if (!word.ok) return err(`gst_params.${name}: ${word.error}`);
    if (word.value !== '') params.push([name, word.value]);
  }
  return ok(Object.fromEntries(params));
}

/** An object of fields, as such or as JSON; any other text is the whole GStreamer description. */
function streamOf(value: unknown): Result<PipelineConfig, string> {
  if (typeof value === 'string' && !/^\s*[[{]/.test(value)) return pipeline({ gst_pipeline: value.trim() });
  const inner = structure(value);
  if (!inner.ok) return inner;
  return isMapping(inner.value) ? pipeline(inner.value) : err('neither an object nor a GStreamer description');
}

export const pipelines: Form<Readonly<Record<string, PipelineConfig>>> = {
  allowed:
    'a JSON object of stream id to pipeline, such as {"hq":{"fps":"25","gst_encoder":"vp8enc"}} or {"hq":"… ! appsink name=appsink"}',
  read: (raw) => {
    const parsed = structure(raw);
    if (!parsed.ok) return parsed;
    if (parsed.value === undefined) return ok({});
    if (!isMapping(parsed.value)) return err('not an object');
    const streams: [string, PipelineConfig][] = [];
    for (const [id, value] of Object.entries(parsed.value)) {
      const stream = streamOf(value);
      if (!stream.ok) return err(`${id}: ${stream.error}`);
      streams.push([id, stream.value]);
    }
    return ok(Object.fromEntries(streams));
  },
  show: (streams) => showJson(Object.fromEntries(Object.entries(streams).map(([id, stream]) => [id, snakeCased(stream)]))),
};
