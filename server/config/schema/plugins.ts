import { boolean, duration, text } from '../forms/scalar-forms.js';
import { key } from '../key.js';

export const pluginsSchema = {
  enabled: key(boolean, false, 'Plug-ins of neko are Go libraries, which cannot be loaded here.'),
  dir: key(text, './bin/plugins', 'Directory of such plug-ins.'),
  required: key(boolean, false, 'A plug-in that cannot be loaded stops the start.'),
};

export const chatSchema = { enabled: key(boolean, true, 'Chat.') };

export const fileTransferSchema = {
  enabled: key(boolean, false, 'Files can be up- and downloaded.'),
  dir: key(text, '/home/neko/Downloads', 'Directory of those files.'),
  refresh_interval: key(duration(1), 30_000, 'Time between two looks at the directory.'),
  user_download: key(boolean, false, 'Not only admins may download.'),
  user_upload: key(boolean, false, 'Not only admins may upload.'),
  user_delete: key(boolean, false, 'Not only admins may delete.'),
};

export const openInAppSchema = {
  enabled: key(boolean, false, 'Links can be opened on the desktop.'),
  open_command: key(text, 'xdg-open', 'Command that opens them; the link is its last argument.'),
};
