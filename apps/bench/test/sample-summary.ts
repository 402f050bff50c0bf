// A summary of a batch, as `weft conv --summary` writes it, for tests of what is made from it.

const times = (p50: number) => ({ p50, p90: 1.5 * p50, p95: 2 * p50, p99: 7 * p50 })

export function sampleSummary() {
  return {
    tool: 'weft',
    format: 1,
    version: '0.1.0',
    date: '2026-01-02T03:04:05.678Z',
    command: ['weft', 'conv', 'my photos/', '-o', 'out', '--summary', 'summary.json'],
    work: 'sobel',
    items: { all: 12345, skipped: 0, done: 12300, failed: 45, left: 0 },
    seconds: 123.4,
    itemsPerSecond: 99.7,
    bytes: { read: 123456789, written: 987654321 },
    milliseconds: {
      read: times(0.01),
      decode: times(3),
      compute: times(1.2),
      encode: times(20),
      write: times(0),
      item: times(25),
    },
    tier: 'avx2',
    threads: 8,
    parallel: 'items',
    machine: { platform: 'linux', arch: 'x64', processor: 'Some Processor', cores: 8, memory: 2 ** 35, node: 'v24.21.0' },
  }
}
