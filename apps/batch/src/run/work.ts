// `weft run` as work for a batch: one network, on pictures and tensors.
import { createHash } from 'node:crypto'
import { WeftError } from '@weft/core'
import { type ModelFile, readModel } from '@weft/model'
import type { OutputFormat } from '../outputs.ts'
import type { Input } from '../sources/inputs.ts'
import type { Plain, Work } from '../work.ts'
import type { RunFlags } from './flags.ts'
import type { Kind } from './kinds/kind.ts'
import { KINDS } from './kinds/kinds.ts'
import { portText } from './port.ts'
import { describePreprocessing, levelsOf, type Preprocessing } from './preprocess.ts'
import { resolveSettings, type Settings, saveSettings } from './settings.ts'
import { RunStation } from './station.ts'

/** Reads the network. @throws NOT_FOUND, FORMAT, MODEL, OPTION and others for what cannot be done. */
export async function runWork(path: string, flags: RunFlags): Promise<Work> {
  const file = await readModel(path)
  const settings = await resolveSettings(path, file, flags)
  const { kind, options, preprocessing, outputs } = settings
  const own: Kind = KINDS[kind]
  if (own.single && outputs.length > 1)
    throw new WeftError(
      'OPTION',
      `--as ${kind} is made of one output; name it: --outputs ${outputs[0]}, of ${outputs.join(', ')}`,
    )
  if (flags.save === true) await saveSettings(path, flags)
  const labels = options.labels === null ? null : createHash('sha256').update(options.labels.join('\n')).digest('hex')
  return Object.freeze({
    name: file.name,
    identity: {
      command: 'run',
      model: file.digest,
      outputs,
      as: kind,
      options: { ...options, labels },
      preprocessing: preprocessing as unknown as Plain,
    },
    pictureBytes: pictureBytes(preprocessing),
    whole: file.inputs.length > 1,
    naturalFormat: () => own.naturalFormat(outputs.length),
    usualFormat: own.naturalFormat(outputs.length),
    expectWritable: (input: Input, format: OutputFormat) => expectWritable(input, format, file, settings),
    open: (shop) => {
      shop.explain('pictures', preprocessing === null ? [] : [`  pictures: ${describePreprocessing(preprocessing)}`])
      return new RunStation(file, settings, shop)
    },
  } satisfies Work)
}

function pictureBytes(preprocessing: Preprocessing | null): number | undefined {
  if (preprocessing === null || preprocessing.size === null) return undefined
  const [height, width] = preprocessing.size
  return 4 * levelsOf(preprocessing).length * height * width
}

function expectWritable({ picture, path }: Input, format: OutputFormat, file: ModelFile, settings: Settings): void {
  const { kind, outputs, preprocessing } = settings
  const { formats } = KINDS[kind] as Kind
  if (!formats.includes(format) || (format === 'npy' && outputs.length > 1)) {
    const several = kind === 'tensors' && outputs.length > 1 ? `${outputs.length} outputs` : `results --as ${kind}`
    const others = formats.filter((one) => outputs.length === 1 || one !== 'npy').join(', ')
    throw new WeftError('OPTION', `${several} cannot be written as ${format}; these can hold them: ${others}`, { format })
  }
  if (picture && preprocessing === null) {
    const problem = `${path} is a picture; ${file.name} takes ${file.inputs.map(portText).join(' and ')}`
    throw new WeftError('OPTION', `${problem}: give tensors (npy, npz, safetensors)`, { path })
  }
}
