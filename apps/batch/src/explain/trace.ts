// The trace of a run in Chrome's format: a row a worker, a bar a step. https://perfetto.dev reads it.
import type { Program, Span } from '@weft/core'

interface TraceEvent {
  readonly ph: 'X' | 'M'
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds. */
  readonly ts?: number
  readonly dur?: number
  readonly args?: Readonly<Record<string, string | number>>
}

export function traceOf({ steps }: Program, spans: readonly Span[], model: string): { traceEvents: TraceEvent[] } {
  const workers = [...new Set(spans.map(({ worker }) => worker))].sort((a, b) => a - b)
  const names: TraceEvent[] = [
    { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: model } },
    ...workers.map((tid): TraceEvent => ({ ph: 'M', name: 'thread_name', pid: 1, tid, args: { name: `worker ${tid}` } })),
  ]
  const bars = spans.map(({ step, worker, start, ms }): TraceEvent => {
    const { kind, name } = steps[step]
    return { ph: 'X', name, pid: 1, tid: worker, ts: start * 1000, dur: ms * 1000, args: { step, kind } }
  })
  return { traceEvents: [...names, ...bars] }
}
