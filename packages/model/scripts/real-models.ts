// Writes test/fixtures/real-models.json: digests of what onnxruntime makes of the real networks' inputs. It needs tools/peers installed.
// node --conditions=@weft/source packages/model/scripts/real-models.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReference } from '../../../tools/peers/reference.ts'
import { digestOf } from '../test/real/digest.ts'
import { inputOf, pathOf, REAL_MODELS } from '../test/real/models.ts'

const stored: Record<string, unknown> = {}
for (const model of REAL_MODELS) {
  await using reference = await openReference(readFileSync(pathOf(model)))
  const runs = []
  for (const shape of model.shapes) {
    const outputs = await reference.run({ [reference.inputs[0]]: { data: inputOf(model, shape), shape } })
    runs.push(Object.fromEntries(Object.entries(outputs).map(([name, { data, shape }]) => [name, digestOf(data, shape)])))
  }
  stored[model.name] = runs
  console.log(`${model.name}: ${runs.length} runs`)
}
const path = join(import.meta.dirname, '../test/fixtures/real-models.json')
writeFileSync(path, `${JSON.stringify(stored, null, 1).replace(/\n\s+(?=[-\d\]])/g, '')}\n`)
