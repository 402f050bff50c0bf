// Loads the object at argv[2] in the main thread and in two workers, prints what each saw, and how it is mapped.
import { readFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

function load(path) {
  const module = { exports: {} }
  process.dlopen(module, path)
  const { half, answer } = module.exports
  return { half, name: answer.name, answers: [answer(), answer(), answer()] }
}

if (isMainThread) {
  const path = process.argv[2]
  const main = load(path)
  const workers = await Promise.all(
    [0, 1].map(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url), { workerData: path })
          worker.once('message', resolve)
          worker.once('error', reject)
        }),
    ),
  )
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n')
  const mapped = maps.filter((line) => line.includes(path)).map((line) => line.split(/\s+/).slice(0, 3))
  console.log(JSON.stringify({ node: process.version, main, workers, mapped }))
} else parentPort.postMessage(load(workerData))
