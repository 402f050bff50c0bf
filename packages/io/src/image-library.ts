// sharp, loaded when the first image is met and set up once for the process.
import type Sharp from 'sharp'

let loading: Promise<typeof Sharp> | undefined

/**
 * One image is decoded by one thread (`concurrency(1)`), so that decoding does not take cores from the workers that compute:
 * images run side by side on libuv's pool, four at a time unless UV_THREADPOOL_SIZE says otherwise. Nothing is kept from one
 * image to the next (`cache(false)`), so memory does not grow, and a file that was written anew is read anew. Both settings
 * hold for every user of sharp in the process.
 */
export function imageLibrary(): Promise<typeof Sharp> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  })
  return loading
}
