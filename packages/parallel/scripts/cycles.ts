// Opens and closes engines, and prints the memory that the process holds: it must stay flat. `node --expose-gc cycles.ts [COUNT]`
import { Tensor } from '@weft/core'
import { open } from '@weft/parallel'

const count = Number(process.argv[2] ?? 200)
const [x, weight] = [Tensor.arange([4, 64, 64]), Tensor.full([8, 4, 3, 3], 0.125)]
const megabytes = () => Math.round(process.memoryUsage.rss() / 2 ** 20)

const samples: number[] = []
for (let cycle = 1; cycle <= count; cycle++) {
  const engine = await open({ threads: 2 })
  await engine.conv(x, { weight, padding: 1 })
  await engine.close()
  // Without this the figure shows when V8 happens to collect, not what is held.
  if (cycle % 5 === 0) globalThis.gc?.()
  samples.push(megabytes())
  if (cycle % Math.max(1, Math.floor(count / 10)) === 0) console.log(`${cycle} cycles: ${samples.at(-1)} MB`)
}
const settled = Math.max(...samples.slice(0, Math.ceil(count / 4)))
console.log(JSON.stringify({ cycles: count, settled, last: samples.at(-1), most: Math.max(...samples) }))
