// Cases of more than one instruction: branches to labels, and data beside code, at the edges of short and near.
import type { Assembler } from '../../src/isa/x64/assembler.ts'
import type { Mnemonic } from '../../src/isa/x64/instructions.ts'
import { type Label, type Operand, r64, ripLabel, ymm, zmm } from '../../src/isa/x64/operands.ts'
import type { Case } from './cases.ts'

export const BRANCHES = ['jmp', 'call', 'jb', 'jae', 'jz', 'jnz', 'jbe', 'ja', 'jl', 'jge', 'jle', 'jg'] as const

export function* programs(): Generator<Case> {
  for (const name of BRANCHES) {
    for (const fill of [0, 1, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 1000]) yield backward(name, fill)
    for (const fill of [0, 1, 126, 127, 128, 129, 1000]) yield forward(name, fill)
  }
  for (const fill of [0, 1, 127, 128, 5000])
    for (const disp of [0, 32, -7]) {
      yield reach('lea rax, [rip+9%]', fill, disp, (label) => ['lea', r64.rax, ripLabel(label, disp)])
      yield reach('add QWORD PTR [rip+9%], 5', fill, disp, (label) => ['add', ripLabel(label, disp, 64), 5])
      yield reach('add QWORD PTR [rip+9%], 500', fill, disp, (label) => ['add', ripLabel(label, disp, 64), 500])
      yield reach('vmovups ymm9, [rip+9%]', fill, disp, (label) => ['vmovups', ymm(9), ripLabel(label, disp)])
      yield reach('vaddps zmm1, zmm2, [rip+9%]', fill, disp, (label) => ['vaddps', zmm(1), zmm(2), ripLabel(label, disp)])
      yield reach('vshufps zmm1, zmm2, [rip+9%], 7', fill, disp, (label) => ['vshufps', zmm(1), zmm(2), ripLabel(label, disp), 7])
    }
}

function backward(name: Mnemonic, fill: number): Case {
  return {
    text: `9: .fill ${fill},1,0x90\n${name} 9b`,
    emit(asm) {
      const label = asm.label()
      asm.bind(label)
      asm.data(new Uint8Array(fill).fill(0x90))
      asm.emit(name, label)
    },
  }
}

/** A label ahead: the near form always. */
function forward(name: Mnemonic, fill: number): Case {
  return {
    text: `{disp32} ${name} 9f\n.fill ${fill},1,0x90\n9:`,
    emit(asm) {
      const label = asm.label()
      asm.emit(name, label)
      asm.data(new Uint8Array(fill).fill(0x90))
      asm.bind(label)
    },
  }
}

/** An instruction that reaches memory at a label before it, then one after it. */
function reach(text: string, fill: number, disp: number, call: (label: Label) => [Mnemonic, ...Operand[]]): Case {
  const place = (side: string) => text.replace('%', side + (disp < 0 ? disp : `+${disp}`))
  return {
    text: `9: .fill ${fill},1,0x90\n${place('b')}\n${place('f')}\n.fill ${fill},1,0x90\n9:`,
    emit(asm: Assembler) {
      const [before, after] = [asm.label(), asm.label()]
      asm.bind(before)
      asm.data(new Uint8Array(fill).fill(0x90))
      asm.emit(...call(before))
      asm.emit(...call(after))
      asm.data(new Uint8Array(fill).fill(0x90))
      asm.bind(after)
    },
  }
}
