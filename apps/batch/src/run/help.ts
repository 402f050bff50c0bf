// What `weft run --help` says.
import { EXIT_TEXT } from '../exit-codes.ts'
import { AGAIN, flagSections, type Row, SOURCES, section } from '../help-parts.ts'
import { table, wrap } from '../text.ts'
import { RUN_FLAGS, RUN_SECTIONS } from './flags.ts'
import { KINDS } from './kinds/kinds.ts'
import { PRESETS } from './preprocess.ts'

export function runHelp(): string {
  const about =
    'MODEL is an ONNX file, from opset 7 on. What it takes decides how pictures are read: their size, gray or colour. What it does ' +
    'not say is told by a preset or single flags; --save keeps that in a file beside the model. Tensors go in as they are, with a ' +
    'batch axis where it is missing. A network of several inputs takes .npz or .safetensors files whose entries have their names. ' +
    'weft explain MODEL shows what it takes and gives.'
  const rows = (table: Readonly<Record<string, { about: string }>>): Row[] =>
    Object.entries(table).map(([name, { about }]): Row => [name, about])
  return [
    'weft run: run a network over pictures and tensors, each to a file of its own',
    section('USAGE', ['  weft run MODEL INPUT... -o OUTPUT [flags]']),
    wrap(about),
    wrap(SOURCES),
    wrap(AGAIN),
    section('EXAMPLES', [
      '  weft run resnet18.onnx photos/ -o classes.jsonl --preset imagenet \\',
      '      --labels labels.txt --top 3',
      '  weft run detector.onnx photos/ -o found/ --as heatmap',
      '  weft run upscale.onnx photos/ -o large/ --as image',
      '  weft run model.onnx data.npz -o out.safetensors',
      '  weft run model.onnx photos/ -o out/ --preset imagenet --save',
    ]),
    section('PRESETS', [table(rows(PRESETS))]),
    section('KINDS OF RESULTS', [table(rows(KINDS))]),
    ...flagSections(RUN_SECTIONS, RUN_FLAGS),
    section('EXIT CODES', [table(EXIT_TEXT)]),
  ].join('\n\n')
}
