import { describe, expect, it } from 'vitest'
import { csvText } from '../src/csv.ts'
import { parseCsv } from './parse-csv.ts'
import { sampleReport } from './sample-report.ts'

describe('csvText', () => {
  it('can be read back, quotes and commas and all', () => {
    const report = sampleReport([1, 2, 3])
    const rows = parseCsv(csvText(report))
    expect(rows.length).toBe(6)
    expect(rows[0]).toMatchObject({
      target: 'my,suite',
      name: 'layer*2',
      mode: 'channels',
      threads: '1',
      median_ms: '2',
      speedup: '1',
      identical: 'true',
    })
    expect(rows[0].problem).toBe(report.targets[0].cases[0].problem)
    expect(rows[5]).toMatchObject({ mode: 'items', threads: '1024', median_ms: '', gflops: '' })
    expect(rows[5].trouble).toMatch(/^no room for/)
  })

  it('has a line for a problem that could not be tried', () => {
    const report = sampleReport([1])
    const [target] = report.targets
    const bad = { ...target.cases[0], rows: [], trouble: 'no memory' }
    const rows = parseCsv(csvText({ ...report, targets: [{ ...target, cases: [bad] }] }))
    expect(rows).toMatchObject([{ name: 'layer*2', mode: '', trouble: 'no memory' }])
  })
})
