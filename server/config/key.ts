import { HIDDEN } from '../lib/text/shown-url.js';
import type { Form } from './forms/form.js';

/**
 * One setting in convict's form (doc, default, format, sensitive), with further fields for our readers and the reference.
 * Its YAML path, flag and variable follow from its place in the schema.
 */
export interface SettingKey<T> {
  readonly default: T;
  readonly doc: string;
  readonly sensitive: boolean;
  /** Convict checks nothing: `form` checks values when they are read. */
  readonly format: '*';
  readonly form: Form<T>;
  /** The default as the reference shows it, where the plain value would not explain it. */
  readonly defaultText: string | undefined;
  /** The text that the effective configuration shows for a secret that is set. */
  readonly mask: ((value: T) => string) | undefined;
  /** An explicit name, for the one key that is also a parent of keys. */
  readonly path: string | undefined;
  /** An empty variable counts as set. */
  readonly emptyCounts: boolean;
  /** Further variables, in order of preference, each with the conversion of its value to ours. */
  readonly aliases: readonly Alias[];
}

export interface Alias {
  readonly env: string;
  readonly convert?: (raw: string) => string;
}

interface KeyOptions<T> {
  readonly defaultText?: string;
  readonly secret?: true | ((value: T) => string);
  readonly path?: string;
  readonly emptyCounts?: true;
  readonly aliases?: readonly Alias[];
}

/** Declares a setting: how it is read, its default and one line of documentation. */
export function key<T>(form: Form<T>, fallback: NoInfer<T>, doc: string, options: KeyOptions<NoInfer<T>> = {}): SettingKey<T> {
  return {
    default: fallback,
    doc,
    sensitive: options.secret !== undefined,
    format: '*',
    form,
    defaultText: options.defaultText,
    mask: options.secret === true ? () => HIDDEN : options.secret,
    path: options.path,
    emptyCounts: options.emptyCounts ?? false,
    aliases: options.aliases ?? [],
  };
}

/** The values of a schema, typed by the forms of its keys. */
export type ValuesOf<S> = { readonly [K in keyof S]: S[K] extends SettingKey<infer T> ? T : ValuesOf<S[K]> };

/** A key with its names, which follow from its place. */
export interface NamedKey {
  /** Its path in convict; the same as `path` except for the shared ICE servers. */
  readonly slot: string;
  readonly path: string;
  readonly env: string;
  readonly flag: string;
  readonly key: SettingKey<unknown>;
}

/** `webrtc.ip_retrieval_url` is `NEKO_WEBRTC_IP_RETRIEVAL_URL` (SPEC.md CF5). */
export function envName(path: string): string {
  return `NEKO_${path.replaceAll('.', '_').toUpperCase()}`;
}
