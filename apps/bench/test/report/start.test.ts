import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleSummary } from '../sample-summary.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'weft-bench-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Tells on standard error when what draws is loaded. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({ resolve(name, context, next) {
    if (name === 'vega' || name === 'vega-lite') process.stderr.write(name + ' is loaded\\n')
    return next(name, context)
  } })
`)}`

function bench(...args: string[]) {
  return spawnSync(process.execPath, ['--conditions=@weft/source', '--import', WATCH, MAIN, ...args], { encoding: 'utf8' })
}

describe('weft-bench report', () => {
  it('makes a page of a batch, and is the first to load what draws', () => {
    const [summary, page] = [join(folder, 'summary.json'), join(folder, 'batch.html')]
    writeFileSync(summary, JSON.stringify(sampleSummary()))
    expect(bench('scale', '--list').stderr).toBe('')
    const { status, stdout, stderr } = bench('report', summary, '--html', page)
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${page}\n` })
    expect(stderr).toContain('vega is loaded')
    const text = readFileSync(page, 'utf8').replace(/<[^>]*>/g, '')
    for (const words of ['99.7', '12300 of 12345 items were done, 45 failed', 'weft conv &#39;my photos/&#39;'])
      expect(text).toContain(words)
  })

  it('says what is no result', () => {
    const file = join(folder, 'other.json')
    const wrong: [object, RegExp][] = [
      [{}, /cannot be read as results of weft-bench: .*tool/],
      [{ tool: 'other', format: 1 }, /'other' is none of weft-bench, weft-bench layers, weft-bench model, weft /],
      [{ ...sampleSummary(), format: 9 }, /their format is 9, this version reads 1: measure again/],
      [{ ...sampleSummary(), seconds: 'long' }, /seconds: /],
      [{ ...sampleSummary(), work: 'a\u001b[31m' }, /work: it has control characters/],
    ]
    for (const [value, sentence] of wrong) {
      writeFileSync(file, JSON.stringify(value))
      const { status, stdout, stderr } = bench('report', file, '--html', join(folder, 'none.html'))
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(sentence)
    }
  })
})
