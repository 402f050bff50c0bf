// The native object as bytes: the entry points as a shared object that Node can load.
import { writeSharedObject } from './elf.ts'
import { assembleStub } from './stub.ts'

/** A Node-API addon for Linux on x86-64, a few kilobytes; the same bytes every time. */
export function nativeObject(): Uint8Array {
  return writeSharedObject({ soname: 'weft.node', ...assembleStub() })
}
