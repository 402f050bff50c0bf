// `weft-bench layers`: its flags, and what --help teaches of it.
import { buildCommand, type CommandContext } from '@stricli/core'
import { TIER_CHOICES } from '@weft/core'
import { HTML_FLAG } from '../html-flag.ts'
import { atLeast, whole } from '../numbers.ts'
import { ALL, suiteNames } from '../suites.ts'
import { parseThreads } from '../threads.ts'
import type { LayersFlags } from './job.ts'
import { PEER_NAMES, parsePeers } from './peers.ts'

const HELP = `Runs every layer of suites, weft beside other libraries in one run, in turn and
on the same data, and prints how many times faster weft is.

EXAMPLES
  weft-bench layers --suite resnet50              weft alone
  weft-bench layers --peers onnxruntime-node,pytorch --json out.json
  weft-bench layers --suite 'ic64ih56oc64kh3ph1,mix' --threads 1,2 --batch 8

A SUITE is ${suiteNames().join(', ')},
${ALL} of them together, a file, or a problem; 'weft-bench scale --help' tells
how they are written. No convolution is measured twice.

PEERS are ${PEER_NAMES.join(', ')}. They are
installed apart, in tools/peers; what is missing is told with the command that
installs it. PyTorch is that of /usr/bin/python3. tfjs-wasm has one thread
whatever it is given, and is held against every thread count with that.

WHAT IS MEASURED. Each has a process of its own and so many threads, a layer
prepared and its tensors made before; only runs are timed, inside that process.
In each of five rounds every one has a burst, after it has warmed up by a run or
more. Results are held against the definition in float64, at 256 places, and
against weft's everywhere; one that is further than 1e-4 of the largest sum of
|x w| is wrong. A layer is bound by the peak of the cores, or by its bytes moved
once at the speed of a copy as large as the share of a core.

EXIT CODES  0 all went well; 1 something failed or is wrong; 2 the command line
was not understood, a peer is missing, or this Node is too old.`

export function layersCommand(keep: (flags: LayersFlags) => void) {
  return buildCommand<LayersFlags, [], CommandContext>({
    docs: { brief: 'Measure every layer of suites beside other libraries', fullDescription: HELP },
    parameters: {
      flags: {
        suite: {
          kind: 'parsed',
          parse: (text: string) => text.split(','),
          default: ALL,
          placeholder: 'LIST',
          brief: 'Suites, files or problems',
        },
        threads: {
          kind: 'parsed',
          parse: parseThreads,
          optional: true,
          placeholder: 'LIST',
          brief: 'Thread counts, as 1,2,4 [1 and every core]',
        },
        batch: {
          kind: 'parsed',
          parse: (text: string) => whole(text, 1),
          default: '1',
          placeholder: 'N',
          brief: 'Items a run',
        },
        peers: {
          kind: 'parsed',
          parse: parsePeers,
          default: 'none',
          placeholder: 'LIST',
          brief: 'Libraries to measure beside weft',
        },
        tier: { kind: 'enum', values: TIER_CHOICES, optional: true, brief: 'Vector machine of weft; auto: the fastest [auto]' },
        minMs: {
          kind: 'parsed',
          parse: (text: string) => atLeast(text, 0),
          default: '120',
          placeholder: 'MS',
          brief: 'Least time a layer and library, in ms',
        },
        minRuns: {
          kind: 'parsed',
          parse: (text: string) => whole(text, 1),
          default: '5',
          placeholder: 'N',
          brief: 'Least runs a layer and library',
        },
        json: {
          kind: 'parsed',
          parse: String,
          optional: true,
          placeholder: 'FILE',
          brief: 'Write everything as JSON; - prints it for the table',
        },
        html: HTML_FLAG,
        quiet: { kind: 'boolean', default: false, withNegated: false, brief: 'No progress, no legend' },
      },
      aliases: { t: 'threads', q: 'quiet' },
    },
    func(flags) {
      keep(flags)
    },
  })
}
