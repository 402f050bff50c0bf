// The arena: one shared WebAssembly memory, handed out in aligned regions and given back.
import { BEHIND, type OpStorage, WeftError } from '@weft/core'

const PAGE = 65536
/** Pages of WebAssembly in a huge page of the processor, 2 MiB. */
const HUGE_PAGE = 32
/** A cache line: two workers never write to the same one. */
const ALIGN = 64
/** Offset 0 is never handed out: an address of 0 is always a mistake. */
const FIRST = ALIGN

interface Hole {
  at: number
  bytes: number
}

/** Grows as needed up to its maximum, never moves, never shrinks; regions that were given back are used again. */
export class Arena {
  readonly memory: WebAssembly.Memory
  /** Bytes that it may grow to. */
  readonly most: number
  readonly #taken = new Map<number, number>()
  /** Free regions by address; neighbours are always joined. */
  #holes: Hole[]
  #used = 0
  /** Asked when there is no room: gives back what is kept only for later, and says whether that was anything. */
  reclaim: () => boolean = () => false
  /** The memory gets a new buffer object when it grows, or another of the process does; views of the old ones stay good. */
  readonly #buffers = new WeakSet<object>()

  constructor(maxBytes: number) {
    const maximum = Math.min(65536, Math.ceil((maxBytes + BEHIND) / PAGE))
    this.most = maximum * PAGE - BEHIND
    try {
      this.memory = new WebAssembly.Memory({ initial: Math.min(HUGE_PAGE, maximum), maximum, shared: true })
    } catch (cause) {
      throw new WeftError(
        'MEMORY',
        `no address space for an arena of up to ${this.most} bytes; pass a smaller maxMemory`,
        {},
        { cause },
      )
    }
    this.#holes = [{ at: FIRST, bytes: this.size - FIRST }]
  }

  get used(): number {
    return this.#used
  }
  /** Bytes that regions may lie in. */
  get size(): number {
    return this.memory.buffer.byteLength - BEHIND
  }

  /** The first region of free memory that is large enough. @throws MEMORY when the maximum is reached. */
  allocate(bytes: number): number {
    const wanted = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN)
    let hole = this.#fitting(wanted)
    if (hole === undefined && !this.#canGrow(wanted) && this.reclaim()) hole = this.#fitting(wanted)
    if (hole === undefined) {
      this.#grow(wanted)
      hole = this.#holes[this.#holes.length - 1]
    }
    const { at } = hole
    hole.at += wanted
    hole.bytes -= wanted
    if (hole.bytes === 0) this.#holes.splice(this.#holes.indexOf(hole), 1)
    this.#taken.set(at, wanted)
    this.#used += wanted
    return at
  }

  #fitting(wanted: number): Hole | undefined {
    return this.#holes.find(({ bytes }) => bytes >= wanted)
  }

  free(at: number): void {
    const bytes = this.#taken.get(at)
    if (bytes === undefined) throw new WeftError('INTERNAL', `offset ${at} of the arena was given back twice, or never taken`)
    this.#taken.delete(at)
    this.#used -= bytes
    const index = this.#holes.findIndex((hole) => hole.at > at)
    this.#holes.splice(index < 0 ? this.#holes.length : index, 0, { at, bytes })
    this.#join()
  }

  floats(at: number, length: number): Float32Array<SharedArrayBuffer> {
    const { buffer } = this.memory
    this.#buffers.add(buffer)
    return new Float32Array(buffer as unknown as SharedArrayBuffer, at, length)
  }

  /** Where in the arena a view lies, or null where it is a view of something else. */
  offsetOf(data: OpStorage): number | null {
    return this.#buffers.has(data.buffer) ? data.byteOffset : null
  }

  #grow(wanted: number): void {
    const { size } = this
    const missing = this.#missingPages(wanted)
    if (!this.#canGrow(wanted)) throw this.#full(wanted)
    // A quarter more than asked for, so that growing step by step stays cheap, and huge pages whole.
    const pages = (size + BEHIND) / PAGE + missing
    const wished = Math.ceil((pages + Math.floor(size / PAGE / 4)) / HUGE_PAGE) * HUGE_PAGE
    const spare = Math.min(wished, (this.most + BEHIND) / PAGE) - pages
    try {
      this.memory.grow(missing + spare)
    } catch (cause) {
      throw this.#full(wanted, cause)
    }
    this.#holes.push({ at: size, bytes: this.size - size })
    this.#join()
  }

  /** Pages to add for a region of so many bytes at the end, the hole there counted. */
  #missingPages(wanted: number): number {
    const last = this.#holes[this.#holes.length - 1]
    const tail = last !== undefined && last.at + last.bytes === this.size ? last.bytes : 0
    return Math.ceil((wanted - tail) / PAGE)
  }

  #canGrow(wanted: number): boolean {
    return this.size + this.#missingPages(wanted) * PAGE <= this.most
  }

  #full(wanted: number, cause?: unknown): WeftError {
    return new WeftError(
      'MEMORY',
      `no room for ${wanted} bytes: ${this.#used} of at most ${this.most} bytes of the arena are in use; close layers or release tensors`,
      { wanted, used: this.#used },
      { cause },
    )
  }

  #join(): void {
    const joined: Hole[] = []
    for (const hole of this.#holes) {
      const last = joined[joined.length - 1]
      if (last !== undefined && last.at + last.bytes === hole.at) last.bytes += hole.bytes
      else joined.push(hole)
    }
    this.#holes = joined
  }
}
