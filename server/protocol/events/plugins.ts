import { Type } from '@sinclair/typebox';

/** An item of the shared folder; `size` in bytes is left out for folders and empty files. */
const FileItem = Type.Object({
  name: Type.String(),
  type: Type.Union([Type.Literal('file'), Type.Literal('dir')]),
  size: Type.Optional(Type.Integer({ minimum: 0 })),
});

/** The shared folder and what sessions may do with it; `files` is null until the first listing. */
const FileTransferUpdate = Type.Object({
  enabled: Type.Boolean(),
  root_dir: Type.String(),
  user_download: Type.Boolean(),
  user_upload: Type.Boolean(),
  user_delete: Type.Boolean(),
  files: Type.Union([Type.Array(FileItem), Type.Null()], { default: null }),
});

export const pluginClientEvents = { 'filetransfer/update': null };

export const pluginServerEvents = {
  'chat/init': Type.Object({ enabled: Type.Boolean() }),
  'filetransfer/update': FileTransferUpdate,
  'openinapp/init': Type.Object({ enabled: Type.Boolean() }),
};
