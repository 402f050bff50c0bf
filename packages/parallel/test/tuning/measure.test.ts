import { describe, expect, it } from 'vitest'
import { measureRivals } from '../../src/tuning/measure.ts'

describe('rivals', () => {
  it('run in turn, there and back again, and are timed by their medians', async () => {
    let [clock, runs] = [0, 0]
    const turns: string[] = []
    const rival = (kernel: string, ms: (run: number) => number) => ({
      kernel,
      run: async () => {
        if (turns.at(-1) !== kernel) turns.push(kernel)
        clock += ms(runs++)
      },
    })
    // One run in eleven takes a hundred times as long: a mean would show it.
    const times = await measureRivals([rival('slow', (run) => (run % 11 === 0 ? 400 : 4)), rival('fast', () => 1)], () => clock)
    expect([...times]).toEqual([
      ['slow', 4000],
      ['fast', 1000],
    ])
    expect(turns).toEqual(['slow', 'fast', 'slow', 'fast', 'slow', 'fast', 'slow'])
  })

  it('stop at the first run that fails', async () => {
    const failing = { kernel: 'failing', run: () => Promise.reject(new Error('no')) }
    await expect(measureRivals([failing], () => 0)).rejects.toThrow('no')
  })
})
