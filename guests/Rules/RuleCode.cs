using Iced.Intel;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>The code of one case, with what cases often do.</summary>
internal sealed class RuleCode(RuleKernel kernel, Assembler code)
{
    /// <summary>The instruction whose address the handler must find; see <see cref="Here"/>.</summary>
    public Label Mark = code.CreateLabel();

    public Assembler C => code;

    public RuleKernel K => kernel;

    /// <summary>Whether <see cref="Here"/> was called.</summary>
    public bool IsMarked { get; private set; }

    /// <summary>The next instruction is the one that EIP on the handler's stack must name.</summary>
    public void Here()
    {
        IsMarked = true;
        code.Label(ref Mark);
    }

    /// <summary>Puts a descriptor in the GDT.</summary>
    public void Descriptor(ushort selector, ulong value) => Store64(kernel.Gdt + (selector & 0xFFF8u), value);

    /// <summary>Puts a descriptor in the LDT.</summary>
    public void LocalDescriptor(ushort selector, ulong value) => Store64(kernel.LdtTable + (selector & 0xFFF8u), value);

    /// <summary>Puts a gate in the IDT.</summary>
    public void InterruptGate(int vector, ulong value) => Store64(kernel.Idt + (uint)(vector * 8), value);

    /// <summary>Puts a gate in a table that leads to a label; uses EAX.</summary>
    public void GateTo(uint address, ushort selector, Func<Label> target, int access, int count = 0)
    {
        code.mov(eax, __dword_ptr.cs[kernel.Image.PointerTo(target)]);
        code.mov(__word_ptr[address], ax);
        code.shr(eax, 16);
        code.mov(__word_ptr[address + 6], ax);
        code.mov(__word_ptr[address + 2], (short)selector);
        code.mov(__word_ptr[address + 4], (short)((access << 8) | count));
    }

    public void Store64(uint address, ulong value)
    {
        Store(address, (uint)value);
        Store(address + 4, (uint)(value >> 32));
    }

    public void Store(uint address, uint value) => code.mov(__dword_ptr[address], value);

    public void Set(RuleField field, AssemblerRegister32 value) => code.mov(__dword_ptr[kernel.Of(field)], value);

    public void Set(RuleField field, uint value) => Store(kernel.Of(field), value);

    /// <summary>Makes a far pointer to a label in <see cref="RuleKernel.Far"/>; uses EAX.</summary>
    public void PrepareFar(ushort selector, Func<Label> target)
    {
        code.mov(eax, __dword_ptr.cs[kernel.Image.PointerTo(target)]);
        code.mov(__dword_ptr[kernel.Far], eax);
        code.mov(__word_ptr[kernel.Far + 4], (short)selector);
    }

    /// <summary>A far jump to a selector, offset 0.</summary>
    public void FarJump(ushort selector) => code.jmp(__fword_ptr[kernel.FarPointer(selector, 0)]);

    /// <summary>A far call to a selector, offset 0.</summary>
    public void FarCall(ushort selector) => code.call(__fword_ptr[kernel.FarPointer(selector, 0)]);

    /// <summary>Goes on at CPL 3 with <see cref="RuleKernel.UserStack"/>; uses EAX.</summary>
    /// <param name="eflags">EFLAGS there.</param>
    public void ToUser(uint eflags = 2)
    {
        Label user = code.CreateLabel();
        code.mov(eax, Data3);
        code.mov(ds, ax);
        code.mov(es, ax);
        code.push(Data3);
        code.push(kernel.UserStack);
        code.push(eflags);
        code.push(Code3);
        code.mov(eax, __dword_ptr.cs[kernel.Image.PointerTo(() => user)]);
        code.push(eax);
        code.iretd();
        code.Label(ref user);
        code.nop();
    }

    /// <summary>Goes on in virtual-8086 mode at 1000:0000 with code that is copied there; the other segments are 2000 to 5000. Uses ECX, ESI, EDI.</summary>
    /// <param name="program">The 16-bit code's address.</param>
    /// <param name="eflags">EFLAGS there, VM beside.</param>
    public void ToVirtual8086(uint program, uint eflags)
    {
        code.mov(esi, program);
        code.mov(edi, VirtualCode << 4);
        code.mov(ecx, 256);
        code.cld();
        code.rep.movsb();
        foreach (uint value in new uint[] { 0x5000, 0x4000, 0x2000, 0x2000, 0x3000, 0x1000, eflags | 0x2_0002, VirtualCode, 0 })
            code.push(value);
        code.iretd();
    }

    /// <summary>CS in virtual-8086 mode.</summary>
    public const uint VirtualCode = 0x1000;

    /// <summary>Ends the case from any privilege level; the vector is 80H then.</summary>
    public void End() => code.@int(0x80);
}
