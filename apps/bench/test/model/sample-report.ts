// A report of a network with rows of every kind, for tests of what is made from it.
import type { ModelReport } from '../../src/model/result.ts'
import { sampleReport } from '../sample-report.ts'

export function sampleModelReport(): ModelReport {
  const { machine, tier, others, version, date } = sampleReport([1])
  const latency = (['weft', 'onnxruntime-node'] as const).flatMap((impl, index) =>
    [1, 2].map((threads) => {
      const ms = (40 * (index + 1)) / threads
      const rounds = [[ms, 1.1 * ms]]
      return { impl, threads, medianMs: ms, p95Ms: 1.2 * ms, bestMs: 0.9 * ms, runs: 20, rounds, error: 1e-6, trouble: null }
    }),
  )
  const trouble = `no ${'room '.repeat(20)}for it`
  return {
    tool: 'weft-bench model',
    format: 1,
    version,
    date,
    command: 'weft-bench model resnet18.onnx --threads 1,2',
    machine: { ...machine, tier, others },
    settings: { threads: [1, 2], minMs: 500, minRuns: 10, rounds: 5 },
    versions: { weft: version, 'onnxruntime-node': '1.2.3' },
    model: { name: 'resnet18.onnx', digest: 'a1'.repeat(32), shapes: { 'input<0>': [1, 3, 224, 224] } },
    latency,
    latencyRatios: { 'onnxruntime-node': { 1: 2, 2: 2 } },
    batch: {
      items: 210,
      left: null,
      rows: [
        { impl: 'weft', threads: 2, itemsPerSecond: 41.5, seconds: [5, 5.1, 5.2], trouble: null },
        { impl: 'onnxruntime-node', threads: 2, itemsPerSecond: null, seconds: [], trouble },
      ],
    },
    batchRatios: {},
    failures: 1,
  }
}
