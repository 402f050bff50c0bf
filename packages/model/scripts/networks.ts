// Holds weft against onnxruntime on networks of torchvision with random weights: a line a network, exit code 1 where one is too far off.
// node --conditions=@weft/source packages/model/scripts/networks.ts [NAME...] [--threads 2] [--batch 1] [--tier avx512]
// It needs tools/peers installed, and Debian's python3-torchvision and python3-onnx.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Tensor, type TierName } from '@weft/core'
import { load } from '@weft/model'
import { type Engine, open } from '@weft/parallel'
import { openReference } from '../../../tools/peers/reference.ts'
import { pictures } from '../test/real/pictures.ts'

const NETWORKS = [
  'squeezenet1_1',
  'mobilenet_v2',
  'mobilenet_v3_small',
  'resnet18',
  'resnet50',
  'vgg16',
  'densenet121',
  'efficientnet_b0',
  'shufflenet_v2_x1_0',
  'googlenet',
  'inception_v3',
  'regnet_y_400mf',
]
/** Of the output's range. */
const TOLERANCE = 1e-3

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '1' },
    tier: { type: 'string' },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'weft-networks-'))
try {
  const { tier } = values
  await using engine = await open({ threads: Number(values.threads), ...(tier ? { tier: tier as TierName } : {}) })
  console.log(
    `tier ${engine.info.tier}, ${engine.info.threads} threads, batch ${values.batch}; differences from onnxruntime-node`,
  )
  console.log(`${'network'.padEnd(20)} steps  range of the output      largest difference  of the range`)
  for (const name of positionals.length > 0 ? positionals : NETWORKS) await compare(engine, name)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function compare(engine: Engine, name: string): Promise<void> {
  const script = join(import.meta.dirname, 'networks.py')
  const made = execFileSync('/usr/bin/python3', [script, folder, name], { encoding: 'utf8' })
  const [path, size] = made.trim().split(' ')
  const shape = [Number(values.batch), 3, Number(size), Number(size)]
  const x = pictures(shape, 'nchw', 1)
  const wanted = await referenceOutput(path, x, shape)
  await using model = await load(engine, path)
  const { y } = await model.run({ x: new Tensor(x, shape) })
  let [min, max, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const [i, value] of wanted.entries()) {
    const off = Math.abs(Number(y.data[i]) - value)
    ;[min, max, most] = [Math.min(min, value), Math.max(max, value), Math.max(most, off)]
  }
  const relative = most / (max - min)
  const steps = model.program({ x: { shape } }).steps.length
  const range = `${min.toPrecision(4)} to ${max.toPrecision(4)}`
  console.log(
    `${name.padEnd(20)} ${String(steps).padStart(5)}  ${range.padEnd(22)}  ${most.toExponential(2).padStart(19)}  ${relative.toExponential(2).padStart(12)}`,
  )
  if (!(relative < TOLERANCE) || y.data.length !== wanted.length) process.exitCode = 1
  rmSync(path)
}

async function referenceOutput(path: string, data: Float32Array, shape: readonly number[]): Promise<Float32Array> {
  await using reference = await openReference(readFileSync(path))
  return (await reference.run({ x: { data, shape } })).y.data
}
