import { ok, type Result } from '../../../../server/lib/result.js';
import type { ScreenshotPort } from '../../../../server/signaling/ports.js';

/** Screenshots that a test answers, or all at once while none are held. */
export class FakeScreenshots implements ScreenshotPort {
  readonly qualities: number[] = [];
  readonly held: ((outcome: Result<Buffer>) => void)[] = [];
  /** What is answered at once; undefined holds the requests back. */
  outcome: Result<Buffer> | undefined = ok(Buffer.from([0xff, 0xd8, 0xff]));

  screenshot(quality: number): Promise<Result<Buffer>> {
    this.qualities.push(quality);
    if (this.outcome !== undefined) return Promise.resolve(this.outcome);
    return new Promise((resolve) => this.held.push(resolve));
  }
}
