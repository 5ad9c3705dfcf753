import type { MemberConfig } from '../config/config.js';
import { assertNever } from '../lib/assert-never.js';
import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { ok, type Result } from '../lib/result.js';
import { FileStore } from './file-store.js';
import { MemoryStore } from './memory-store.js';
import { MultiuserMembers } from './multiuser.js';
import { NoAuthMembers } from './noauth.js';
import { type GeneratedPasswords, generatedPasswords } from './passwords/generated-passwords.js';
import type { MemberProvider } from './provider.js';
import { StoredMembers } from './stored-members.js';

export interface Members {
  readonly provider: MemberProvider;
  /** Passwords that nobody configured, for the banner at start. Never for the log. */
  readonly generated: GeneratedPasswords;
  /** Tries a last time to write generated passwords that the disk has refused. */
  close(): Promise<void>;
}

interface Shells {
  readonly log: Log;
  readonly clock: Clock;
}

const NOTHING_GENERATED = { generated: {}, close: async () => {} };

/**
 * The configured member provider. Reads and writes the file of generated passwords if it needs one; the error says why a member
 * file cannot be used.
 */
export async function createMembers(
  config: MemberConfig,
  sessionFile: string | undefined,
  shells: Shells,
): Promise<Result<Members>> {
  switch (config.provider) {
    case 'multiuser':
      return ok(await createMultiuser(config.multiuser, sessionFile, shells));
    case 'object':
      return ok({ provider: new StoredMembers(new MemoryStore(config.object.users)), ...NOTHING_GENERATED });
    case 'file': {
      const { path, hash } = config.file;
      if (path === undefined) throw new Error('the configuration lets no file provider pass without a path');
      const store = new FileStore({ path, hash }, shells.log);
      const opened = await store.open();
      return opened.ok ? ok({ provider: new StoredMembers(store), ...NOTHING_GENERATED }) : opened;
    }
    case 'noauth':
      return ok({ provider: new NoAuthMembers(), ...NOTHING_GENERATED });
    default:
      return assertNever(config.provider);
  }
}

async function createMultiuser(
  config: MemberConfig['multiuser'],
  sessionFile: string | undefined,
  shells: Shells,
): Promise<Members> {
  const { userPassword, adminPassword, userProfile, adminProfile } = config;
  const missing = [
    ...(userPassword === undefined ? ['user' as const] : []),
    ...(adminPassword === undefined ? ['admin' as const] : []),
  ];
  const { passwords: generated, close } = await generatedPasswords(missing, sessionFile, shells);
  const user = userPassword ?? generated.user;
  const admin = adminPassword ?? generated.admin;
  if (user === undefined || admin === undefined) throw new Error('a password is configured or generated for each role');
  return {
    provider: new MultiuserMembers({ userPassword: user, adminPassword: admin, userProfile, adminProfile }),
    generated,
    close,
  };
}
