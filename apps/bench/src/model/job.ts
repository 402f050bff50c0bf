// The job of `model`: what was asked, resolved to what will be done.

import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type Program, type TierChoice, WeftError } from '@weft/core'
import { exampleShapes, type ModelFile, readModel } from '@weft/model'
import { tierOfEnvironment } from '@weft/parallel'
import { expectInstalled, PEERS, type PeerName } from '../layers/peers.ts'
import { PHOTOS_FOLDER } from '../places.ts'
import { quoted } from '../quote.ts'
import { checkHtml, checkWritable } from '../write.ts'
import { picturesOf } from './pictures.ts'

export interface ModelFlags {
  readonly threads?: readonly number[]
  readonly peers: readonly PeerName[]
  readonly tier?: TierChoice | undefined
  readonly shape: readonly string[]
  readonly pictures?: string
  readonly items: number
  readonly minMs: number
  readonly minRuns: number
  readonly json?: string
  readonly html?: string
  readonly quiet: boolean
}

export interface ModelJob extends Omit<ModelFlags, 'tier' | 'json' | 'html' | 'pictures'> {
  readonly tier: TierChoice
  readonly model: string
  readonly file: ModelFile
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly threads: readonly number[]
  /** Files of the batch; each as often as it takes to come to `items`. */
  readonly pictures: readonly string[]
  readonly picturesFolder: string
  /** Why there is no batch; null where there is one. */
  readonly noBatch: string | null
  readonly json: string | undefined
  readonly html: string | undefined
}

/** @throws NOT_FOUND, OPTION, FORMAT, MODEL, IO, SHAPE for what cannot be done as it is asked */
export async function resolveModelJob(model: string, flags: ModelFlags): Promise<ModelJob> {
  checkWritable('--json', flags.json)
  checkHtml(flags.html)
  const wrong = flags.peers.find((peer) => !PEERS[peer].runsOnnx)
  if (wrong !== undefined) throw new WeftError('OPTION', `${wrong} runs no ONNX files; leave it out of --peers`)
  expectInstalled(flags.peers)
  const file = await readModel(model)
  const strange = file.inputs.find(({ dtype }) => dtype !== 'float32')
  if (strange !== undefined)
    throw new WeftError('OPTION', `input '${strange.name}' of ${file.name} takes ${strange.dtype}; only float32 can be measured`)
  const shapes = exampleShapes(file, flags.shape)
  const program = file.program(Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }])))
  const picturesFolder = flags.pictures ?? PHOTOS_FOLDER
  if (flags.pictures !== undefined && !existsSync(flags.pictures))
    throw new WeftError('NOT_FOUND', `--pictures ${flags.pictures} is not there`)
  const pictures = picturesOf(picturesFolder)
  if (flags.pictures !== undefined && pictures.length === 0)
    throw new WeftError('NOT_FOUND', `--pictures ${flags.pictures} has no JPEG or PNG file`)
  return Object.freeze({
    ...flags,
    tier: flags.tier ?? tierOfEnvironment(),
    model,
    file,
    shapes,
    threads: flags.threads ?? [...new Set([1, availableParallelism()])],
    minRuns: Math.ceil(flags.minRuns),
    pictures,
    picturesFolder,
    noBatch: whyNoBatch(program, file.name, shapes, flags.items, pictures),
    json: flags.json,
    html: flags.html,
  })
}

/** A batch goes through networks that make a list of scores of a square picture. */
function whyNoBatch(
  { outputs }: Program,
  name: string,
  shapes: ModelJob['shapes'],
  items: number,
  pictures: readonly string[],
): string | null {
  if (items === 0) return 'none was asked for'
  if (pictures.length === 0) return 'there are no pictures; tell a folder with --pictures'
  const [[, shape], ...more] = Object.entries(shapes)
  if (more.length > 0 || shape.length !== 4 || shape[0] !== 1 || shape[1] !== 3 || shape[2] !== shape[3])
    return `${name} takes no single square picture of three channels`
  const lists = outputs.map(({ place }) => place.info.shape)
  return lists.length === 1 && lists[0].length === 2 && lists[0][1] > 1 ? null : `${name} gives no list of scores`
}

/** The command that repeats a job. */
export function modelCommand(job: ModelJob): string {
  const words = ['weft-bench', 'model', quoted(job.model), '--threads', job.threads.join(',')]
  words.push('--peers', job.peers.join(',') || 'none', '--tier', job.tier, '--items', String(job.items))
  if (job.shape.length > 0) words.push('--shape', quoted(job.shape.join(',')))
  if (job.picturesFolder !== PHOTOS_FOLDER) words.push('--pictures', quoted(job.picturesFolder))
  return [...words, '--min-ms', String(job.minMs), '--min-runs', String(job.minRuns)].join(' ')
}
