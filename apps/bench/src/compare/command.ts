// `weft-bench compare`: its flags, and what --help teaches of it.
import { buildCommand, type CommandContext } from '@stricli/core'
import { whole } from '../numbers.ts'

export interface CompareFlags {
  readonly fail: boolean
  readonly seed: number
}

const HELP = `Holds two measurements against each other, row by row, and tells what became
slower or faster beyond the noise.

EXAMPLES
  weft-bench scale resnet50 --json before.json
  weft-bench scale resnet50 --json after.json     with the change that is meant
  weft-bench compare before.json after.json --fail

BEYOND THE NOISE. Each row was measured in rounds, and its results hold some of
the times of each. They are drawn again and again, rounds first, then times
within each: how far the ratio of the medians moves is its standard error, and
Student's t says how far the truth may lie. All verdicts together are right
with 95%, so an interval is wider where there are more rows. The mean of all
rows has an interval of its own: it shows a small change of everything.
What befalls a whole measurement is not in its rounds: on a machine that others
use, measure twice and compare those first.

EXIT CODES  0 done; 1 with --fail, where a row or the mean became slower; 2 the
command line or a file was not understood.`

export function compareCommand(keep: (files: readonly [string, string], flags: CompareFlags) => void) {
  return buildCommand<CompareFlags, [string, string], CommandContext>({
    docs: { brief: 'What became slower or faster between two results', fullDescription: HELP },
    parameters: {
      flags: {
        fail: { kind: 'boolean', default: false, withNegated: false, brief: 'Exit code 1 where something became slower' },
        seed: {
          kind: 'parsed',
          parse: (text: string) => whole(text, 0),
          default: '1',
          placeholder: 'N',
          brief: 'Of the numbers that resampling draws',
        },
      },
      positional: {
        kind: 'tuple',
        parameters: ['before', 'after'].map((placeholder) => ({
          brief: `What --json wrote ${placeholder} the change`,
          parse: String,
          placeholder,
        })) as never,
      },
    },
    func(flags, before, after) {
      keep([before, after], flags)
    },
  })
}
