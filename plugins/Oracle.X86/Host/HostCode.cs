using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Platform;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Oracle.X86.Host;

/// <summary>The host's generated code: the way to an instruction under test, and the signal handler that is the way back.</summary>
/// <param name="start">Where the memory of <see cref="HostLayout"/> is.</param>
internal sealed class HostCode(ulong start)
{
    private const int StateComponents = 7;
    private const int RtSigaction = 13;
    private const int KernelMaskSize = 8;
    private static readonly AssemblerRegister64[] Preserved = [rbx, rbp, r12, r13, r14, r15];

    /// <summary>Loads the whole state and goes to the instruction by IRETQ, which takes CS, SS, RSP and RFLAGS at once and leads to code of every size.</summary>
    /// <param name="hasXsave">Whether the host has XRSTOR; else the state is what FXRSTOR loads.</param>
    /// <param name="arena">Where the arena is.</param>
    public byte[] Enter(bool hasXsave, uint arena) => Assemble(HostLayout.Entry, c =>
    {
        foreach (AssemblerRegister64 register in Preserved)
            c.push(register);
        c.mov(rcx, start);
        c.mov(__qword_ptr[rcx + HostLayout.HostStack], rsp);
        c.mov(rsp, rcx);
        SetBase(c, LinuxNative.SetFsCode, SegmentTable.ThreadBase(X86SegmentRegister.Fs, arena), Selector(4));
        SetBase(c, LinuxNative.SetGsCode, SegmentTable.ThreadBase(X86SegmentRegister.Gs, arena), Selector(5));
        if (hasXsave)
        {
            c.mov(eax, StateComponents);
            c.xor(edx, edx);
            c.xrstor64(__[rsp + HostLayout.State]);
        }
        else
        {
            c.fxrstor64(__[rsp + HostLayout.State]);
        }

        c.mov(ds, __word_ptr[rsp + Selector(3)]);
        c.mov(es, __word_ptr[rsp + Selector(0)]);
        c.mov(__dword_ptr[rsp + HostLayout.Active], 1);
        for (int i = 0; i < 16; i++)
        {
            if (i != 4)
                c.mov(new AssemblerRegister64(Register.RAX + i), __qword_ptr[rsp + (HostLayout.State + ProcessorState.GprOffset + (8 * i))]);
        }

        c.lea(rsp, __[rsp + HostLayout.Frame]);
        c.iretq();
    });

    /// <summary>The handler of every signal that an instruction can raise. When it interrupts an instruction under test, it gives the host its FS base and stack back and returns to whoever called the way in; the state stays in the kernel's frame. Anything else goes to the handler that was there before.</summary>
    public byte[] Handle() => Assemble(HostLayout.Handler, c =>
    {
        Label chain = c.CreateLabel();
        Label byDefault = c.CreateLabel();
        c.mov(rcx, start);
        c.mov(rax, rsp);
        c.sub(rax, rcx);
        c.sub(rax, HostLayout.AlternateStack);
        c.cmp(rax, HostLayout.AlternateStackSize);
        c.jae(chain);
        c.cmp(__dword_ptr[rcx + HostLayout.Active], 0);
        c.je(chain);
        c.mov(__dword_ptr[rcx + HostLayout.Active], 0);
        c.mov(__qword_ptr[rcx + HostLayout.Context], rdx);
        AssemblerRegisterSegment[] kept = [es, ds, fs, gs];
        for (int i = 0; i < kept.Length; i++)
            c.mov(__word_ptr[rcx + HostLayout.Selectors + (2 * i)], kept[i]);

        // The kernel leaves AC as it was.
        c.push(0x202);
        c.popfq();
        c.mov(eax, (uint)LinuxNative.ArchPrctl);
        c.mov(edi, LinuxNative.SetFsCode);
        c.mov(rsi, __qword_ptr[rcx + HostLayout.HostFs]);
        c.mov(rbx, rcx);
        c.syscall();
        c.mov(rsp, __qword_ptr[rbx + HostLayout.HostStack]);
        foreach (AssemblerRegister64 register in Preserved.Reverse())
            c.pop(register);
        c.ret();
        c.Label(ref chain);
        c.mov(eax, edi);
        c.mov(rax, __qword_ptr[rcx + (rax * 8) + HostLayout.OldHandlers]);
        c.cmp(rax, 1);
        c.jbe(byDefault);
        c.jmp(rax);
        c.Label(ref byDefault);
        c.mov(eax, RtSigaction);
        c.lea(rsi, __[rcx + HostLayout.DefaultAction]);
        c.xor(edx, edx);
        c.mov(r10d, KernelMaskSize);
        c.syscall();
        c.ret();
    });

    /// <summary>Loads FS or GS: by its selector, or for a selector of 0 its base by the kernel.</summary>
    private static void SetBase(Assembler c, int code, uint address, int selector)
    {
        Label bySelector = c.CreateLabel();
        Label done = c.CreateLabel();
        c.movzx(eax, __word_ptr[rsp + selector]);
        c.test(eax, eax);
        c.jne(bySelector);
        c.mov(eax, (uint)LinuxNative.ArchPrctl);
        c.mov(edi, code);
        c.mov(esi, address);
        c.syscall();
        c.jmp(done);
        c.Label(ref bySelector);
        c.mov(code == LinuxNative.SetFsCode ? fs : gs, ax);
        c.Label(ref done);
        c.nop();
    }

    private static int Selector(int index) => HostLayout.State + ProcessorState.SelectorsOffset + (2 * index);

    private byte[] Assemble(int offset, Action<Assembler> emit)
    {
        Assembler c = new(64);
        emit(c);
        using MemoryStream stream = new();
        c.Assemble(new StreamCodeWriter(stream), start + (ulong)offset);
        return stream.ToArray();
    }
}
