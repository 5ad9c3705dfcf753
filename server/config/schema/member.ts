import { HIDDEN } from '../../lib/text/shown-url.js';
import { boolean, oneOf, text } from '../forms/scalar-forms.js';
import { memberProfile, users } from '../forms/structure-forms.js';
import { key } from '../key.js';

export const memberSchema = {
  provider: key(
    oneOf(['multiuser', 'object', 'file', 'noauth']),
    'multiuser',
    'Who may log in: two passwords, a list, a file, or anyone.',
  ),
  file: {
    path: key(text, '', 'JSON file of the file provider: login to password and profile.'),
    hash: key(
      boolean,
      true,
      'Passwords in that file are hashed by scrypt; neko’s SHA-256 is read too and gives way at the next login.',
    ),
  },
  object: {
    users: key(users, [], 'Accounts of the object provider; rights that are not given are withheld.', {
      secret: (list) => list.map((user) => `${user.username} ${HIDDEN}`).join(', '),
    }),
  },
  multiuser: {
    user_password: key(text, '', 'Password of regular users.', { secret: true, defaultText: 'generated' }),
    admin_password: key(text, '', 'Password of admins.', { secret: true, defaultText: 'generated' }),
    user_profile: key(memberProfile, {}, 'Changes to the rights of regular users.'),
    admin_profile: key(memberProfile, {}, 'Changes to the rights of admins.'),
  },
};
