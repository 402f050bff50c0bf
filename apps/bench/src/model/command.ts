// `weft-bench model`: its flags, and what --help teaches of it.
import { buildCommand, type CommandContext } from '@stricli/core'
import { TIER_CHOICES } from '@weft/core'
import { HTML_FLAG } from '../html-flag.ts'
import { parsePeers } from '../layers/peers.ts'
import { atLeast, whole } from '../numbers.ts'
import { parseThreads } from '../threads.ts'
import type { ModelFlags } from './job.ts'

const HELP = `Runs a whole network, weft beside other libraries in one run, in turn and on the
same data: one item at a time, and a batch of pictures from the disk to results.

EXAMPLES
  weft-bench model resnet18.onnx                 weft alone
  weft-bench model resnet18.onnx --threads 1,2 --json out.json \\
      --peers onnxruntime-node,onnxruntime-web
  weft-bench model detector.onnx --shape 1x3x640x640 --items 0
  weft-bench model resnet18.onnx --pictures photos/ --items 500

MODEL is an ONNX file with inputs of float32. Sizes that vary are 1, heights and
widths of pictures 224, unless --shape tells.

PEERS are onnxruntime-node and onnxruntime-web. They are installed apart, in
tools/peers; what is missing is told with the command that installs it.

WHAT IS MEASURED. Latency: each library and thread count has a process of its
own, the network loaded before; only runs are timed, inside that process, in
five rounds, there and back again. Outputs are held against weft's; further than
1e-3 of their range is wrong, and weft must give the same bits for every number
of threads.
  The batch: whole processes from their start to their end, in turn, the median
of three. Pictures are decoded, brought to the network's size as torchvision
does it, and the five highest scores of each written to one .jsonl file. weft is
its own command, 'weft run'; a peer is a plain loop around sharp and the
library: tools/peers/onnx-batch.ts. Scores are held against weft's.

EXIT CODES  0 all went well; 1 something failed or is wrong; 2 the command line
was not understood, a peer is missing, or this Node is too old.`

export function modelCommand(keep: (model: string, flags: ModelFlags) => void) {
  return buildCommand<ModelFlags, [string], CommandContext>({
    docs: { brief: 'Measure a whole network beside other libraries', fullDescription: HELP },
    parameters: {
      flags: {
        threads: {
          kind: 'parsed',
          parse: parseThreads,
          optional: true,
          placeholder: 'LIST',
          brief: 'Thread counts, as 1,2,4 [1 and every core]',
        },
        peers: {
          kind: 'parsed',
          parse: parsePeers,
          default: 'none',
          placeholder: 'LIST',
          brief: 'Libraries to measure beside weft',
        },
        tier: { kind: 'enum', values: TIER_CHOICES, optional: true, brief: 'Vector machine of weft; auto: the fastest [auto]' },
        shape: {
          kind: 'parsed',
          parse: (text: string) => text.split(','),
          default: '',
          placeholder: 'LIST',
          brief: 'Shapes of inputs, as 1x3x224x224 or a=1x3x8x8,b=1x4',
        },
        pictures: {
          kind: 'parsed',
          parse: String,
          optional: true,
          placeholder: 'FOLDER',
          brief: 'JPEG and PNG files of the batch [photographs of weft]',
        },
        items: {
          kind: 'parsed',
          parse: (text: string) => whole(text, 0),
          default: '300',
          placeholder: 'N',
          brief: 'Items of the batch, pictures taken again and again; 0: no batch',
        },
        minMs: {
          kind: 'parsed',
          parse: (text: string) => atLeast(text, 0),
          default: '2000',
          placeholder: 'MS',
          brief: 'Least time of runs a library and thread count, in ms',
        },
        minRuns: {
          kind: 'parsed',
          parse: (text: string) => whole(text, 1),
          default: '20',
          placeholder: 'N',
          brief: 'Least runs a library and thread count',
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
      positional: {
        kind: 'tuple',
        parameters: [{ brief: 'An ONNX file', parse: String, placeholder: 'model' }],
      },
    },
    func(flags, model) {
      keep(model, { ...flags, shape: flags.shape.filter((text) => text !== '') })
    },
  })
}
