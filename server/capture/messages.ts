import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { err, ok, type Result } from '../lib/result.js';
import { Job, Setting } from './job.js';

/** Which try of a job something is about: numbers grow over all jobs of a server. */
const RunNumber = Type.Integer({ minimum: 1 });
const PipeNumber = Type.Integer({ minimum: 1 });

/** The commands of the supervisor to the GStreamer worker. The data of jobs travels beside them, in pipes. */
export const WorkerCommand = Type.Union([
  /** Comes with a pipe, which a later `run` names. */
  Type.Object({ kind: Type.Literal('pipe'), pipe: PipeNumber }),
  /** Runs a job in place of the one that runs under its id. */
  Type.Object({
    kind: Type.Literal('run'),
    id: Type.String(),
    run: RunNumber,
    job: Job,
    /** By the element at the end of each. */
    pipes: Type.Record(Type.String(), PipeNumber),
  }),
  Type.Object({ kind: Type.Literal('stop'), id: Type.String() }),
  /** Builds a pipeline and throws it away, to find out whether it can be built. */
  Type.Object({ kind: Type.Literal('check'), id: Type.String(), job: Job }),
  Type.Object({ kind: Type.Literal('keyframe'), id: Type.String() }),
  /** Properties of a job's elements while it runs, in place of those set before. */
  Type.Object({ kind: Type.Literal('set'), id: Type.String(), settings: Type.Array(Setting) }),
  /** One picture of the screen, for a job that gets them on request. */
  Type.Object({ kind: Type.Literal('picture'), id: Type.String() }),
  /** Somebody moved the pointer or pressed a key. */
  Type.Object({ kind: Type.Literal('input') }),
  /** Asks for a sign of life. */
  Type.Object({ kind: Type.Literal('ping') }),
]);
export type WorkerCommand = Static<typeof WorkerCommand>;
export type RunCommand = Extract<WorkerCommand, { kind: 'run' }>;

/** What the GStreamer worker reports. */
export const WorkerReport = Type.Union([
  Type.Object({
    kind: Type.Literal('ready'),
    gstreamer: Type.String(),
    /** Which of the elements asked for in its arguments exist. */
    elements: Type.Array(Type.String()),
    /** Running time 0 of every pipeline on the system's monotonic clock, in ns, decimal. */
    baseNs: Type.String({ pattern: '^[0-9]{1,20}$' }),
  }),
  Type.Object({ kind: Type.Literal('screen'), width: Type.Integer({ minimum: 1 }), height: Type.Integer({ minimum: 1 }) }),
  Type.Object({ kind: Type.Literal('display-lost'), reason: Type.String() }),
  Type.Object({ kind: Type.Literal('started'), id: Type.String(), run: RunNumber }),
  /** A job came to its end without a failure. */
  Type.Object({ kind: Type.Literal('ended'), id: Type.String(), run: RunNumber }),
  /** A job ended by an error, in the words of the element that had it. */
  Type.Object({ kind: Type.Literal('failed'), id: Type.String(), run: RunNumber, reason: Type.String() }),
  /** The answer to a check, with the reason why the pipeline cannot be built. */
  Type.Object({ kind: Type.Literal('checked'), id: Type.String(), reason: Type.Optional(Type.String()) }),
  Type.Object({ kind: Type.Literal('unusable'), reason: Type.String() }),
  /** The answer to a ping. */
  Type.Object({ kind: Type.Literal('alive') }),
  /** A pipeline of the worker hangs in such a way that only a new worker helps. */
  Type.Object({ kind: Type.Literal('hung'), reason: Type.String() }),
]);
export type WorkerReport = Static<typeof WorkerReport>;

/** Checks a message from the supervisor. */
export function readWorkerCommand(message: unknown): Result<WorkerCommand> {
  return Value.Check(WorkerCommand, message) ? ok(message) : err('not a command of the worker supervisor');
}

/** Checks a message from the worker. */
export function readWorkerReport(message: unknown): Result<WorkerReport> {
  return Value.Check(WorkerReport, message) ? ok(message) : err('not a report of the GStreamer worker');
}
