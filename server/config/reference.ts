import { effectOf } from './effect.js';
import { envName, type NamedKey } from './key.js';
import { KEYS } from './schema.js';
import { V2_NAMES, V2_REPLACEMENT } from './v2/v2-keys.js';

const TITLES: Readonly<Record<string, string>> = {
  global: 'General and logging',
  server: 'Web server',
  session: 'Sessions and room',
  member: 'Members',
  desktop: 'Desktop',
  capture: 'Picture and sound',
  webrtc: 'Connections',
  plugins: 'Plug-ins of neko',
  chat: 'Chat',
  filetransfer: 'File transfer',
  openinapp: 'Open links',
};

const INTRODUCTION = `# Settings

Generated from the schema by \`node dist/server/main.js config --markdown\`; edit \`server/config/schema/\` instead.

Every setting has three spellings: a variable such as \`NEKO_SERVER_BIND\`, a flag such as \`--server.bind\`, and a name in a
configuration file such as \`server.bind\` (nested or with dots, in any case). The first of these that has a value wins:

1. the setting of neko v2, where one is used (last section)
2. the flag
3. the variable; an empty one counts as unset, except \`NEKO_WEBRTC_IP_RETRIEVAL_URL\`, which is switched off that way
4. the file named by \`--config\` or \`NEKO_CONFIG\`, else the first of \`/etc/neko/neko.*\` and \`./neko.*\` (JSON, TOML, YAML, dotenv)
5. the default

A value that cannot be read stops the start with an error that names it. A variable or file entry that is unknown is a warning,
an unknown flag an error. \`node dist/server/main.js config\` prints what is in effect and where it came from, without the secrets.

Lists are separated by blanks or commas. Durations have a unit: \`500ms\`, \`30s\`, \`1h30m\`. Objects are JSON in variables and flags,
and JSON or plain structures in files.

A secret ("never shown in full" below, and the secrets of neko v2) can stand in a file instead: \`NEKO_SESSION_API_TOKEN_FILE\` names
the file that has the value of \`NEKO_SESSION_API_TOKEN\`, as container engines mount it below \`/run/secrets\`. It is read once, at
start. One line end at its end is left out, with a warning; to set both variables is an error, and so is a file that is empty or
cannot be read.
`;

/** The settings reference as Markdown, one table per group, out of the schema alone. */
export function renderSettingsReference(): string {
  const groups = new Map<string, NamedKey[]>();
  for (const named of KEYS) {
    const first = named.path.split('.')[0] ?? '';
    const group = Object.hasOwn(TITLES, first) ? first : 'global';
    groups.set(group, [...(groups.get(group) ?? []), named]);
  }
  const sections = [...groups].map(([group, keys]) => `## ${TITLES[group] ?? group}\n\n${table(keys)}`);
  return `${[INTRODUCTION, ...sections, v2Section()].join('\n')}`;
}

function table(keys: readonly NamedKey[]): string {
  const rows = keys.map(
    (named) =>
      `| \`${named.path}\` | ${variables(named)} | ${cell(named.key.form.allowed)} | ${fallback(named)} | ${meaning(named)} |`,
  );
  return `${['| Setting, flag `--…` | Variable | Value | Default | Meaning |', '|---|---|---|---|---|', ...rows].join('\n')}\n`;
}

function variables({ env, key }: NamedKey): string {
  return [env, ...key.aliases.map((alias) => alias.env)].map((name) => `\`${name}\``).join(', ');
}

function fallback({ key }: NamedKey): string {
  const shown = key.form.show(key.default);
  if (shown !== '') return `\`${cell(shown)}\``;
  return key.defaultText ?? 'empty';
}

function meaning({ path, key }: NamedKey): string {
  const secret = key.sensitive ? ' Never shown in full.' : '';
  switch (effectOf(path)) {
    case 'now':
      return `${cell(key.doc)}${secret}`;
    case 'not yet':
      return `${cell(key.doc)}${secret} **Accepted, without effect yet.**`;
    case 'never':
      return `${cell(key.doc)} **Accepted, without effect.**`;
  }
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function v2Section(): string {
  const rows = V2_NAMES.map((name) => `| \`${name}\` | \`${envName(name)}\` | \`${V2_REPLACEMENT[name]}\` |`);
  return `## Settings of neko v2

Read unless \`legacy\` is off. Each beats its replacement, with a warning.

${['| Setting, flag `--…` | Variable | Replacement |', '|---|---|---|', ...rows].join('\n')}
`;
}
