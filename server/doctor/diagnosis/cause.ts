/** The cause of a path's failure, for people. `wrong`: a setting is wrong; `blocked`: a firewall or router; `works`: a hint only. */
export interface Cause {
  readonly code: CauseCode;
  readonly state: 'blocked' | 'wrong' | 'works';
  readonly explanation: string;
  readonly remedy: string;
  /** Lines of a compose file, empty where there are none. */
  readonly snippet: string;
}

export type CauseCode =
  | 'udp-port-not-published'
  | 'tcp-port-not-published'
  | 'port-remapped'
  | 'static-port'
  | 'nat1to1-private'
  | 'no-external-address'
  | 'local-only'
  | 'loopback-only'
  | 'browser-refuses-port'
  | 'no-hairpin'
  | 'replies-lost'
  | 'dtls-blocked'
  | 'viewer-blocks-udp'
  | 'mapping-closed'
  | 'relay-unreachable'
  | 'turn-credentials'
  | 'turn-certificate'
  | 'turn-unreachable'
  | 'turn-refused'
  | 'turn-no-route'
  | 'stun-silent'
  | 'proxy-idle'
  | 'proxy-unknown'
  | 'page-insecure'
  | 'http-silent'
  | 'no-candidate';
