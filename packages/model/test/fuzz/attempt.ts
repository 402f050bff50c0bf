// One damaged file: made, loaded, planned, and run where that is little work. What must come of it is a result or a plain error.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Executor, type OpDType, sizeOf, WeftError } from '@weft/core'
import { type Below, belowOf, pick } from '../../../../tools/fuzz/chance.ts'
import type { Damaged } from '../../../../tools/fuzz/trial.ts'
import { localExecutor, type ModelFile, type ModelValue, type Port, readModel } from '../../src/index.ts'
import { corpus } from './corpus.ts'
import { mutate } from './mutate.ts'

/** A run is tried where inputs and values, and the file itself, are no larger. */
const [MOST_ELEMENTS, MOST_VALUES, MOST_FILE] = [2 ** 14, 2 ** 21, 2 ** 16]
/** Networks of one's own, and real ones, are taken half the time; those of the ONNX project are many. */
const FIRST = 8

const networks = corpus()
const folder = mkdtempSync(join(tmpdir(), 'weft-fuzz-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const local = localExecutor({ tier: 'simd128' })
const executor: Executor = {
  ...local,
  async prepareProgram(program, constants) {
    if (program.bytes > MOST_VALUES) throw new WeftError('MEMORY', 'this is more than a trial run is given')
    return local.prepareProgram(program, constants)
  },
}

export function damagedFile(seed: number, index: number): Damaged {
  const below = belowOf(seed, index)
  const [from, file] = networks[below(2) === 0 ? below(Math.min(FIRST, networks.length)) : below(networks.length)]
  return { from, file: mutate(file, below) }
}

/** How far it came, or the code of the error that was right. @throws what is a fault of weft */
export async function attempt({ file }: Damaged, seed: number): Promise<string> {
  let came = 'refused'
  try {
    const network = await readModel(belowOf(seed, file.length)(2) === 0 ? file : onDisk(file))
    await using model = network.on(executor)
    came = 'loaded'
    const inputs = inputsOf(network, belowOf(seed, file.length))
    plan(network, inputs.shapes)
    came = 'planned'
    if (inputs.size > MOST_ELEMENTS || file.length > MOST_FILE) return came
    await model.run(inputs.values())
    return 'run'
  } catch (error) {
    if (error instanceof WeftError && error.code !== 'INTERNAL') return `${came}, then ${error.code}`
    throw error
  }
}

/** A path: of a file that weft has read itself it does not copy the weights. */
function onDisk(file: Uint8Array): string {
  const path = join(folder, 'network.onnx')
  writeFileSync(path, file)
  return path
}

interface Inputs {
  readonly shapes: Record<string, { shape: number[] }>
  readonly size: number
  values(): Record<string, ModelValue>
}

/** Sizes that the file leaves open are small. */
function inputsOf(network: ModelFile, below: Below): Inputs {
  const shapes = Object.fromEntries(network.inputs.map((port) => [port.name, { shape: shapeOf(port, below) }]))
  const size = network.inputs.reduce((sum, { name }) => sum + sizeOf(shapes[name].shape), 0)
  return {
    shapes,
    size,
    values: () =>
      Object.fromEntries(network.inputs.map(({ name, dtype }) => [name, randomValue(dtype, shapes[name].shape, below)])),
  }
}

function shapeOf({ shape }: Port, below: Below): number[] {
  return (shape ?? [1, 3, 8, 8].slice(0, below(5))).map((d) => (typeof d === 'number' ? d : 1 + below(3)))
}

const INTS = [0n, 1n, 2n, 3n, -1n, -2n, 100n, 2n ** 31n, -(2n ** 62n), 2n ** 53n + 1n]
const FLOATS = [0, 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e-42]

function randomValue(dtype: OpDType, shape: readonly number[], below: Below): ModelValue {
  const length = sizeOf(shape)
  const float = () => (below(8) === 0 ? (pick(FLOATS, below) as number) : below(2000) / 1000 - 1)
  if (dtype === 'float32') return { dtype, shape, data: Float32Array.from({ length }, float) }
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from({ length }, () => pick(INTS, below) as bigint) }
  if (dtype === 'int32') return { dtype, shape, data: Int32Array.from({ length }, () => below(9) - 4) }
  return { dtype, shape, data: Uint8Array.from({ length }, () => below(dtype === 'bool' ? 2 : 256)) }
}

/** That the plan needs the inputs' numbers is no error yet: the run itself asks for them. */
function plan(file: ModelFile, shapes: Inputs['shapes']): void {
  try {
    file.program(shapes)
  } catch (error) {
    if (!(error instanceof WeftError && error.code === 'MODEL' && error.details.value !== undefined)) throw error
  }
}
