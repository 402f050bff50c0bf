// weft in plain JavaScript: no types, no build, and the packages as they are published.
import { corr2d, Tensor } from '@weft/core'
import { open } from '@weft/parallel'

// On the calling thread.
const y = corr2d(Tensor.arange([3, 3]), Tensor.arange([2, 2]))
console.log(`on this thread ${y}`)

// On every core.
const engine = await open()
const layer = await engine.prepare({ weight: Tensor.arange([1, 1, 2, 2]) }, [1, 3, 3])
const z = await layer.run(Tensor.arange([1, 3, 3]))
console.log(`on every core ${z}`)
console.log(JSON.stringify({ tier: engine.info.tier, one: y.toArray(), all: z.toArray() }))
await engine.close()
