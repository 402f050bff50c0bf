import { describe, expect, it } from 'vitest'
import { layerResult, summaryOf } from '../../src/layers/figures.ts'
import { PEER_NAMES } from '../../src/layers/peers.ts'
import type { LayersReport } from '../../src/layers/result.ts'
import { layersTable } from '../../src/layers/table.ts'
import { caseOf, LIMITS, outcome } from './sample-rows.ts'

function report(scale: number): LayersReport {
  const impls = ['weft', ...PEER_NAMES] as const
  const made = [`ic64ih56oc64kh3ph1n"${'a long name '.repeat(8)}"`, 'g64ic64ih7oc64kh3ph1'].map((text, index) =>
    layerResult(
      caseOf(text),
      [1, 2].flatMap((threads) =>
        impls.map((impl, nth) =>
          outcome(impl, threads, [scale, 3 * scale * (nth + 1)], index === 1 && nth === 4 ? { trouble: 'wrong: 0.3' } : {}),
        ),
      ),
      LIMITS,
    ),
  )
  const [layers, rows] = [made.map(({ layer }) => layer), made.flatMap((one) => one.rows)]
  return {
    tool: 'weft-bench layers',
    format: 4,
    roofs: [],
    version: '0.1.0',
    date: '2026-01-02T03:04:05.678Z',
    command: 'weft-bench layers --suite all --threads 1,2 --batch 1 --peers none --tier auto --min-ms 120 --min-runs 5',
    machine: {
      cpu: 'Some(R) Processor(TM) with a Long Name 9999X 128-Core',
      cores: 2,
      arch: 'x64',
      platform: 'linux',
      release: '6.1',
      memoryBytes: 2 ** 36,
      node: '24.21.0',
      v8: '13.6',
      tier: { name: 'avx512', why: ['avx512: known answers verified'] },
      limits: LIMITS,
      others: { busy: 1.5, cores: 2 },
    },
    settings: { threads: [1, 2], batch: 1, minMs: 120, minRuns: 5, rounds: 5 },
    versions: { weft: '0.1.0', pytorch: '1.13.0' },
    layers,
    rows,
    ...summaryOf(layers, rows, [1, 2]),
  }
}

describe('layersTable', () => {
  it.each([1e-4, 1, 1e5])('fits into 80 columns with times around %s ms', (scale) => {
    for (const line of layersTable(report(scale), true).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  const text = layersTable(report(1), true)
  it('shows what bounds a layer, every ratio, and the means by class', () => {
    expect(text).toMatch(/median +best +spread +GFLOP\/s +bound ort-node ort-web tfjs torch best\n1 .* \d+%[am] /)
    expect(text).toMatch(/^depthwise +1 +1 /m)
    expect(text).toMatch(/^all +2 +2 /m)
    expect(text).toMatch(/MMAC, 3x3, kernel f32-direct$/m)
  })
  it('says what was wrong, and that the machine was busy', () => {
    expect(text).toMatch(/^FAILED +pytorch, 2 threads: wrong: 0\.3$/m)
    expect(text).toMatch(/^BUSY +other programs kept 1\.5 of 2 cores busy/m)
  })
  it('leaves out how to read it where that is not wanted', () => {
    expect(layersTable(report(1), false)).not.toMatch(/Of weft:/)
  })
  it('says nothing of others where weft was alone', () => {
    const { geomean, ...rest } = report(1)
    const alone = layersTable({ ...rest, geomean: {} }, true).replace(/\s+/g, ' ')
    expect(alone).toContain('All results agree with the definition unless said.')
    expect(alone).not.toMatch(/than each peer|with each other/)
    expect(text.replace(/\s+/g, ' ')).toMatch(/than each peer .* agree with the definition and with each other unless said/)
  })
})
