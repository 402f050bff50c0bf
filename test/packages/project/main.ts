// The lecture's two channels by every package: on this thread, on the workers, from an ONNX file, and through a file.
import { corr2dMultiIn, Tensor } from '@weft/core'
import { readTensor, writeTensor } from '@weft/io'
import { load } from '@weft/model'
import { allowPairing, type EngineInfo, open } from '@weft/parallel'

allowPairing()
const x = Tensor.from([
  [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ],
  [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
])
const weight = Tensor.from([
  [
    [0, 1],
    [2, 3],
  ],
  [
    [1, 2],
    [3, 4],
  ],
])
const alone: Tensor = corr2dMultiIn(x, weight)

await using engine = await open({ threads: 2 })
const { tier, threads, why }: EngineInfo = engine.info
const layer = await engine.prepare({ weight: weight.reshape([1, 2, 2, 2]) }, [2, 3, 3])
const workers = await layer.run(x)

await using model = await load(engine, 'lecture.onnx')
const { y } = await model.run({ x: x.reshape([1, 2, 3, 3]) })

await writeTensor('y.npy', alone)
const file = await readTensor('y.npy')

const results = [alone, workers, y, file].map((one) => [...(one as Tensor).data])
process.stdout.write(`${JSON.stringify({ results, tier, threads, why })}\n`)
