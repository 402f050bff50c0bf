import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { contest } from '../../src/layers/contest.ts'
import { Entrant } from '../../src/layers/entrant.ts'
import { Workshop } from '../../src/layers/workshop.ts'
import { scriptCommand } from '../../src/places.ts'
import { caseOf } from './sample-rows.ts'

const FAKE = fileURLToPath(new URL('./fake-contestant.ts', import.meta.url))
const fake = (behaviour: string) => Entrant.start('pytorch', 1, [process.execPath, '--conditions=@weft/source', FAKE, behaviour])
const workshop = new Workshop()
afterAll(() => workshop.close())

describe('a contest', () => {
  it('tells what is refused, what fails, what is wrong and what dies, and goes on with the others', async () => {
    const [command, ...args] = scriptCommand('weft-contestant', '1', 'scalar', 'plain')
    const weft = await Entrant.start('weft', 1, [command, '--conditions=@weft/source', ...args])
    const entrants = [weft, ...(await Promise.all(['refuses', 'fails', 'zeros', 'dies'].map(fake)))]
    try {
      // Twice: who died is there again for the next layer.
      for (const layer of ['ic4ih9oc4kh3ph1', 'ic4ih8oc4kh3']) {
        const outcomes = await contest(entrants, caseOf(layer), { minRuns: 5, minMs: 0 }, workshop)
        expect(outcomes.map(({ unsupported, trouble }) => ({ unsupported, trouble }))).toEqual([
          { unsupported: null, trouble: null },
          { unsupported: 'no such convolution', trouble: null },
          { unsupported: null, trouble: 'it went wrong' },
          { unsupported: null, trouble: expect.stringMatching(/^wrong: /) },
          { unsupported: null, trouble: expect.stringMatching(/^its process ended with 7/) },
        ])
        expect(outcomes.map(({ rounds }) => rounds.flat().length)).toEqual([5, 0, 0, 0, 0])
      }
    } finally {
      await Promise.all(entrants.map((entrant) => entrant.close()))
    }
  })

  it('says why one does not start', async () => {
    await expect(Entrant.start('pytorch', 1, ['/no/such/program'])).rejects.toThrow(/ENOENT/)
  })
})
