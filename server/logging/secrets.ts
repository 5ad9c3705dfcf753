import type { Config, IceServerSetting } from '../config/config.js';

/** Every secret of the configuration. */
export function secretsOf({ session, member, webrtc }: Config): string[] {
  const credentials = ({ credential }: IceServerSetting) => credential;
  const secrets = [
    session.apiToken,
    member.multiuser.userPassword,
    member.multiuser.adminPassword,
    ...member.object.users.map(({ password }) => password),
    webrtc.turn?.secret,
    ...webrtc.iceServers.frontend.map(credentials),
    ...webrtc.iceServers.backend.map(credentials),
  ];
  return secrets.filter((secret) => secret !== undefined);
}
