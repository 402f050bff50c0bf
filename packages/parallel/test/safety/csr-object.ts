// A native object of the tests alone: `csr()` is the MXCSR of the thread as JavaScript has it, with no bound call around.
import { tmpdir } from 'node:os'
import { Assembler } from '../../../core/src/isa/x64/assembler.ts'
import { writeSharedObject } from '../../../core/src/isa/x64/elf.ts'
import { mem, r32, r64, ripLabel, ripSymbol } from '../../../core/src/isa/x64/operands.ts'
import { loadAddon } from '../../src/native/addon.ts'
import { candidateFolders, writePrivateFile } from '../../src/native/private-file.ts'

/** Loads the object and gives its function. */
export function loadCsr(): () => number {
  const object = csrObject()
  for (const folder of [tmpdir(), ...candidateFolders()]) {
    const file = writePrivateFile(folder, object)
    try {
      return (loadAddon(file.path) as unknown as { csr: () => number }).csr
    } catch {
      // Mounted noexec: the next one.
    } finally {
      file.remove()
    }
  }
  throw new Error('no folder to load an object of the tests from')
}

function csrObject(): Uint8Array {
  const asm = new Assembler()
  const [csr, name] = [asm.label(), asm.label()]
  const exports: { name: string; offset: number; size: number }[] = []
  const exported = (symbol: string, emit: () => void) => {
    asm.align(16)
    const offset = asm.size
    emit()
    exports.push({ name: symbol, offset, size: asm.size - offset })
  }
  asm.bind(csr)
  asm.emit('sub', r64.rsp, 24)
  asm.emit('vstmxcsr', mem({ base: r64.rsp }))
  asm.emit('mov', r32.esi, mem({ base: r64.rsp }))
  asm.emit('lea', r64.rdx, mem({ base: r64.rsp, disp: 8 }))
  asm.emit('call', ripSymbol('napi_create_uint32'))
  asm.emit('mov', r64.rax, mem({ base: r64.rsp, disp: 8 }))
  asm.emit('add', r64.rsp, 24)
  asm.emit('ret')
  asm.bind(name)
  asm.data(new TextEncoder().encode('csr\0'))
  exported('node_api_module_get_api_version_v1', () => {
    asm.emit('mov', r32.eax, 8)
    asm.emit('ret')
  })
  exported('napi_register_module_v1', () => {
    asm.emit('push', r64.rbx)
    asm.emit('push', r64.rbp)
    asm.emit('sub', r64.rsp, 24)
    asm.emit('mov', r64.rbx, r64.rdi)
    asm.emit('mov', r64.rbp, r64.rsi)
    asm.emit('lea', r64.rsi, ripLabel(name))
    asm.emit('mov', r64.rdx, -1)
    asm.emit('lea', r64.rcx, ripLabel(csr))
    asm.emit('xor', r32.r8d, r32.r8d)
    asm.emit('lea', r64.r9, mem({ base: r64.rsp }))
    asm.emit('call', ripSymbol('napi_create_function'))
    asm.emit('mov', r64.rdi, r64.rbx)
    asm.emit('mov', r64.rsi, r64.rbp)
    asm.emit('lea', r64.rdx, ripLabel(name))
    asm.emit('mov', r64.rcx, mem({ base: r64.rsp }))
    asm.emit('call', ripSymbol('napi_set_named_property'))
    asm.emit('mov', r64.rax, r64.rbp)
    asm.emit('add', r64.rsp, 24)
    asm.emit('pop', r64.rbp)
    asm.emit('pop', r64.rbx)
    asm.emit('ret')
  })
  const { bytes, fixups } = asm.finish()
  const imports = [...new Set(fixups.map((fixup) => fixup.name))]
  return writeSharedObject({ soname: 'weft-test-csr.node', text: bytes, fixups, imports, exports })
}
