/** A STUN or TURN server, as `RTCConfiguration` takes it. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}
