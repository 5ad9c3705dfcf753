import type { DoctorVisitor } from '../../../../server/doctor/doctor.js';
import { ok, type Result } from '../../../../server/lib/result.js';
import type { DoctorResult, DoctorStart, DoctorView } from '../../../../server/protocol/doctor.js';
import type { DoctorPort } from '../../../../server/signaling/ports.js';

export const EMPTY_VIEW: DoctorView = {
  took_ms: 1,
  listening: [],
  advertised: { udp4: [], udp6: [], tcp4: [], tcp6: [] },
  external: [],
  findings: [],
};

/** Notes what it is asked for and begins checks that try nothing. */
export class FakeDoctor implements DoctorPort {
  readonly calls: string[] = [];
  readonly visitors = new Map<string, DoctorVisitor>();
  startWith: Result<void> = ok(undefined);

  async serverView(): Promise<DoctorView> {
    return EMPTY_VIEW;
  }

  start(sessionId: string, page: DoctorStart, visitor: DoctorVisitor): Result<void> {
    this.calls.push(`start ${page.host}:${page.port}`);
    this.visitors.set(sessionId, visitor);
    return this.startWith;
  }

  answer(_sessionId: string, probe: string, sdp: string): Result<void> {
    this.calls.push(`answer ${probe} ${sdp}`);
    return ok(undefined);
  }

  candidate(_sessionId: string, probe: string, text: string): Result<void> {
    this.calls.push(`candidate ${probe} ${text}`);
    return ok(undefined);
  }

  result(_sessionId: string, { probe, ok: works }: DoctorResult): Result<void> {
    this.calls.push(`result ${probe} ${works}`);
    return ok(undefined);
  }
}
