import { existsSync } from 'node:fs';

export const NGINX = '/usr/sbin/nginx';
export const hasNginx = existsSync(NGINX);

/** A configuration of one server that keeps all its files in `folder`; `location` is the block that passes requests on. */
export function nginxConfiguration(folder: string, listen: string, location: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/errors;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  server {
    listen ${listen};
    location / {
${location}
    }
  }
}
`;
}
