import { isIP } from 'node:net';
import { err, ok, type Result } from '../../lib/result.js';
import { shownUrl } from '../../lib/text/shown-url.js';

/** The start waits for the answer, so a network without a way out must not hold it up. */
const LIMIT_MS = 2_000;
const MAX_BODY_CHARACTERS = 256;

/** Asks a web service for the address we are seen from (`webrtc.ip_retrieval_url`): one GET whose trimmed body is an IP address. */
export async function retrieveAddress(url: string): Promise<Result<string>> {
  // The URL may hold a token.
  const shown = shownUrl(url);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
    const body = (await response.text()).trim();
    if (!response.ok) return err(`${shown} answered ${response.status}`);
    return isIP(body) === 0
      ? err(`${shown} answered ${JSON.stringify(body.slice(0, MAX_BODY_CHARACTERS))}, not an IP address`)
      : ok(body);
  } catch (error) {
    const reason = String(error instanceof Error ? (error.cause ?? error) : error);
    return err(`${shown} cannot be asked for our address: ${reason.replaceAll(url, shown)}`);
  }
}
