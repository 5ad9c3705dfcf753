import { HIDDEN } from '../lib/text/shown-url.js';
import type { Form } from './forms/form.js';

/**
 * One setting, in the form convict wants (doc, default, format, sensitive) with what our readers and the reference need on top.
 * Its YAML path, flag and variable follow from its place in the schema.
 */
export interface SettingKey<T> {
  readonly default: T;
  readonly doc: string;
  readonly sensitive: boolean;
  /** Values are checked by `form` when they are read; convict need not look again. */
  readonly format: '*';
  readonly form: Form<T>;
  /** What the reference shows as the default where the plain value would not tell. */
  readonly defaultText: string | undefined;
  /** What the effective configuration shows of a secret that is set. */
  readonly mask: ((value: T) => string) | undefined;
  /** An explicit name, for the one key that is also the parent of others. */
  readonly path: string | undefined;
  /** An empty variable counts as set. */
  readonly emptyCounts: boolean;
  /** Further variables, in order of preference, and what makes a value of ours out of theirs. */
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

/** A key with the names that its place gives it. */
export interface NamedKey {
  /** Where convict keeps it; the same as `path` except for the shared ICE servers. */
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
