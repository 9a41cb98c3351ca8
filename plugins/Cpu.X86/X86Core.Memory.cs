using System.Runtime.CompilerServices;
using Dominion.Buses;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;
using Dominion.Memory;

namespace Dominion.Cpu.X86;

/// <content>Accesses to linear memory that the inlined fast path could not do: a miss, a page boundary, a device, code, a breakpoint, a fault.</content>
internal sealed unsafe partial class X86Core
{
    private const ulong PageMask = ~0xFFFUL;

    /// <summary>Set by an instruction whose accesses raise no #AC: masked moves, whatever the mask is (SDM volume 2, table 2-23), and gathers.</summary>
    public bool AlignmentExempt;

    /// <summary>Reads for an instruction's operand.</summary>
    /// <param name="segment">The operand's segment; SS makes a non-canonical address #SS.</param>
    /// <param name="linear">The linear address.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <param name="size">1 to 64 bytes.</param>
    /// <returns>False when a fault is recorded.</returns>
    public bool LoadSlow(int segment, ulong linear, void* destination, int size) =>
        CheckOperand(segment, linear, size, false)
        && Access(linear, (byte*)destination, size, MemoryAccess.Read, S->Cpl == 3, AccessControlSet);

    /// <summary>Writes an instruction's operand.</summary>
    /// <returns>False when a fault is recorded; then nothing is written.</returns>
    public bool StoreSlow(int segment, ulong linear, void* source, int size) =>
        CheckOperand(segment, linear, size, true)
        && Access(linear, (byte*)source, size, MemoryAccess.Write, S->Cpl == 3, AccessControlSet);

    /// <summary>Finds the host address of an operand that is read and written in one.</summary>
    /// <param name="segment">The operand's segment.</param>
    /// <param name="linear">The linear address.</param>
    /// <param name="size">1 to 16 bytes.</param>
    /// <param name="host">The host address, or null when the operand is not plain memory of one page: then it has been checked for writing, and is read and written piecewise.</param>
    /// <returns>False when a fault is recorded.</returns>
    public bool PrepareModify(int segment, ulong linear, int size, out byte* host)
    {
        host = null;
        if (!CheckOperand(segment, linear, size, true))
            return false;
        bool user = S->Cpl == 3;
        bool crosses = (linear & 0xFFF) + (ulong)size > 4096;
        if (!Resolve(linear, MemoryAccess.Write, user, AccessControlSet, out byte* first, out _, crosses))
            return false;
        if (crosses)
            return Resolve(NextPage(linear), MemoryAccess.Write, user, AccessControlSet, out _, out _, crosses: true);

        if (first != null && !HoldsCode(first))
            host = first;
        return true;
    }

    /// <summary>Reads with the processor's own right: descriptor tables, task state (an implicit supervisor access).</summary>
    public bool LoadSystem(ulong linear, void* destination, int size) =>
        CheckCanonical(linear, size, X86SegmentRegister.Ds) && Access(linear, (byte*)destination, size, MemoryAccess.Read, false, false);

    /// <summary>Writes with the processor's own right.</summary>
    public bool StoreSystem(ulong linear, void* source, int size) =>
        CheckCanonical(linear, size, X86SegmentRegister.Ds) && Access(linear, (byte*)source, size, MemoryAccess.Write, false, false);

    /// <summary>Reads with the rights of a privilege level that is not the current one: the stack of a gate's target.</summary>
    public bool LoadAs(bool user, ulong linear, void* destination, int size) =>
        Access(linear, (byte*)destination, size, MemoryAccess.Read, user, !user && AccessControlSet);

    /// <summary>Writes with the rights of a privilege level that is not the current one.</summary>
    public bool StoreAs(bool user, ulong linear, void* source, int size) =>
        Access(linear, (byte*)source, size, MemoryAccess.Write, user, !user && AccessControlSet);

    /// <summary>Checks that an operand could be written, without writing it.</summary>
    public bool ProbeWrite(int segment, ulong linear, int size)
    {
        if (!CheckOperand(segment, linear, size, true))
            return false;
        bool user = S->Cpl == 3;
        if (!Resolve(linear, MemoryAccess.Write, user, AccessControlSet, out _, out _))
            return false;
        return (linear & 0xFFF) + (ulong)size <= 4096 || Resolve(NextPage(linear), MemoryAccess.Write, user, AccessControlSet, out _, out _);
    }

    /// <summary>Where the rest of an access is that crosses a page: the address of its page fault.</summary>
    private ulong NextPage(ulong linear) => TruncateLinear((linear & PageMask) + 4096);

    /// <summary>The alignment that #AC asks for, by an operand's size (SDM volume 3A, table 6-7): that of its elements for the x87 environment and state, none for wider vectors.</summary>
    private static int Alignment(int size) => size switch
    {
        2 or 14 or 94 => 2,
        4 or 28 or 108 => 4,
        8 or 10 => 8,
        _ => 1,
    };

    /// <summary>Raises #AC for a user access that is not aligned, where that is asked for (SDM volume 3A, 6.15).</summary>
    /// <returns>False when a fault is recorded.</returns>
    public bool CheckAlignment(ulong linear, int size)
    {
        bool isChecked = S->Cpl == 3 && AccessControlSet && (S->Arch.Cr0 & ControlBits.Cr0AlignmentMask) != 0;
        return !isChecked || (linear & (ulong)(Alignment(size) - 1)) == 0 || SetFault(X86Exception.AlignmentCheck, 0);
    }

    /// <summary>RFLAGS.AC, which exempts explicit supervisor accesses from SMAP.</summary>
    private bool AccessControlSet => (S->Arch.Rflags & Flags.AlignmentCheck) != 0;

    /// <summary>Linear addresses have 32 bits outside 64-bit mode.</summary>
    public ulong TruncateLinear(ulong linear) => Is64Bit ? linear : (uint)linear;

    /// <summary>The address of a system structure: the tables' bases have 64 bits in compatibility mode too.</summary>
    public ulong TruncateSystem(ulong linear) => IsLongMode ? linear : (uint)linear;

    private bool CheckCanonical(ulong linear, int size, X86SegmentRegister segment)
    {
        if (!IsLongMode || (PageWalker.IsCanonical(S, linear) && PageWalker.IsCanonical(S, linear + (ulong)size - 1)))
            return true;
        return SetFault(segment == X86SegmentRegister.Ss ? X86Exception.StackFault : X86Exception.GeneralProtection, 0);
    }

    private bool CheckOperand(int segment, ulong linear, int size, bool write)
    {
        if (!CheckCanonical(linear, size, (X86SegmentRegister)segment))
            return false;
        if (S->Tlb != _contexts.Current.GetSet(Tlb.Set.Checked))
            return true;

        if (!AlignmentExempt && !CheckAlignment(linear, size))
            return false;
        NoteDataBreakpoint(linear, size, write);
        return true;
    }

    /// <summary>Copies to or from linear memory; all checks come before the first byte moves.</summary>
    private bool Access(ulong linear, byte* data, int size, MemoryAccess kind, bool user, bool exempt)
    {
        int firstSize = (int)Math.Min((ulong)size, 4096 - (linear & 0xFFF));
        if (!Resolve(linear, kind, user, exempt, out byte* first, out ulong firstPhysical, firstSize != size))
            return false;
        if (firstSize == size)
        {
            Move(first, firstPhysical, data, size, kind);
            return true;
        }

        // The tables of a 64-bit system lie above 4 GiB in compatibility mode too.
        ulong next = linear + (ulong)firstSize;
        if (linear <= uint.MaxValue)
            next = TruncateLinear(next);
        if (!Resolve(next, kind, user, exempt, out byte* second, out ulong secondPhysical, crosses: true))
            return false;
        Move(first, firstPhysical, data, firstSize, kind);
        Move(second, secondPhysical, data + firstSize, size - firstSize, kind);
        return true;
    }

    private void Move(byte* host, ulong physical, byte* data, int size, MemoryAccess kind)
    {
        if (host == null)
        {
            MoveDevice(physical, data, size, kind);
            return;
        }

        if (kind == MemoryAccess.Read)
        {
            Copy(data, host, size);
            return;
        }

        Copy(host, data, size);
        if (HoldsCode(host))
            MachineMemory.NotifyWrite((ulong)(host - MachineMemory.Base), size);
    }

    /// <summary>Copies; an operand of a power of two bytes in one move, so that it is not torn.</summary>
    private static void Copy(byte* to, byte* from, int size)
    {
        switch (size)
        {
            case 1: *to = *from; break;
            case 2: Unsafe.CopyBlockUnaligned(to, from, 2); break;
            case 4: Unsafe.CopyBlockUnaligned(to, from, 4); break;
            case 8: Unsafe.CopyBlockUnaligned(to, from, 8); break;
            default: Unsafe.CopyBlockUnaligned(to, from, (uint)size); break;
        }
    }

    /// <summary>Splits an access to a device into naturally aligned ones of at most eight bytes.</summary>
    private void MoveDevice(ulong physical, byte* data, int size, MemoryAccess kind)
    {
        while (size > 0)
        {
            int width = size >= 8 && (physical & 7) == 0 ? 8
                : size >= 4 && (physical & 3) == 0 ? 4
                : size >= 2 && (physical & 1) == 0 ? 2 : 1;
            if (kind == MemoryAccess.Read)
            {
                ulong value = Memory.Read(physical, (AccessWidth)width, Index);
                Unsafe.CopyBlockUnaligned(data, &value, (uint)width);
            }
            else
            {
                ulong value = 0;
                Unsafe.CopyBlockUnaligned(&value, data, (uint)width);
                Memory.Write(physical, (AccessWidth)width, value, Index);
            }

            physical += (ulong)width;
            data += width;
            size -= width;
        }

        if (S->Attention != 0)
            CutBlock();
    }

    /// <summary>Translates the address of a data access.</summary>
    /// <param name="linear">The linear address, canonical.</param>
    /// <param name="kind">Read or write.</param>
    /// <param name="user">A user-mode access.</param>
    /// <param name="exempt">Exempt from SMAP.</param>
    /// <param name="host">The host address, or null when it is a device's.</param>
    /// <param name="physical">The physical address when <paramref name="host"/> is null.</param>
    /// <param name="crosses">The operand goes over a page's end: a monitor does not get to see it in pieces.</param>
    /// <returns>False when a fault is recorded.</returns>
    private bool Resolve(ulong linear, MemoryAccess kind, bool user, bool exempt, out byte* host, out ulong physical, bool crosses = false)
    {
        Tlb.Set set = user ? Tlb.Set.User : exempt && (S->Arch.Cr4 & ControlBits.Cr4Smap) != 0 ? Tlb.Set.SupervisorAc : Tlb.Set.Supervisor;
        TlbEntry* entry = Tlb.Slot(_contexts.Current.GetSet(set), linear);
        ulong page = linear & PageMask;
        physical = 0;
        if (entry->ReadTag == page && (kind == MemoryAccess.Read || entry->WriteTag == page || (entry->Host & TlbEntry.CodeBit) != 0))
        {
            host = (byte*)(linear + (ulong)entry->Addend);
            return true;
        }

        host = null;
        X86TranslationResult result = Walker.Walk(linear, kind, user, exempt, out PageWalk walk);
        if (result == X86TranslationResult.PageFault)
        {
            const uint Protection = PageFaultCode.Present | PageFaultCode.Write;
            if ((walk.ErrorCode & ~PageFaultCode.User) == Protection && !crosses && IsIntercepted(X86Intercept.WriteProtection) && TryRedirectWrite(linear, out physical))
                return true;
            return SetPageFault(linear, walk.ErrorCode);
        }

        if (result == X86TranslationResult.SecondLevel)
        {
            S->Leave = LeaveReason.Exit;
            return false;
        }

        physical = walk.Physical;
        byte* hostPage = Memory.GetPage(walk.Physical, MemoryAccess.Read);
        if (hostPage == null)
            return true;
        bool rom = Memory.GetPage(walk.Physical, MemoryAccess.Write) == null;
        if (rom && kind == MemoryAccess.Write)
            return true;
        _cachedKeys |= walk.KeyMask;
        _contexts.Current.Add(set, linear, hostPage, walk.CanWrite && !rom, HoldsCode(hostPage), walk.IsGlobal, walk.PageBits);
        host = hostPage + (linear & 0xFFF);
        return true;
    }

    private bool HoldsCode(byte* host) => MachineMemory.CodeMarks[(ulong)(host - MachineMemory.Base) >> FrameRange.FrameShift] != 0;

    /// <summary>Sets PKRU.</summary>
    public void SetProtectionKeyRights(uint value)
    {
        uint changed = value ^ S->Arch.Pkru;
        S->Arch.Pkru = value;
        DropKeys(changed);
    }

    /// <summary>Sets IA32_PKRS.</summary>
    public void SetSupervisorKeyRights(uint value)
    {
        uint changed = value ^ S->Arch.Pkrs;
        S->Arch.Pkrs = value;
        DropKeys(changed);
    }

    // Translations carry what a key allowed when they were made, so those made for a key whose rights change go, and for want of a finer way all others with them.
    private void DropKeys(uint changed)
    {
        uint keys = 0;
        for (int key = 0; changed != 0; key++, changed >>= 2)
            keys |= (changed & 3) != 0 ? 1u << key : 0;
        if ((keys & _cachedKeys) != 0)
            FlushAll();
    }

    private uint _cachedKeys;

    private void FlushAll()
    {
        _cachedKeys = 0;
        _contexts.Flush(CurrentPcid);
        DropLinks();
    }

    /// <summary>The current process-context identifier: 000H while CR4.PCIDE is clear (SDM volume 3A, 4.10.1).</summary>
    private uint CurrentPcid => (S->Arch.Cr4 & ControlBits.Cr4Pcid) != 0 ? (uint)S->Arch.Cr3 & 0xFFF : 0;

    /// <summary>Makes links between blocks, and what is remembered by RIP, void.</summary>
    public void DropLinks()
    {
        _contexts.DropLinks();
        S->Generation = ++_lastGeneration;
    }

    private uint _lastGeneration = 1;

    /// <summary>CR3 has been loaded: goes to its context.</summary>
    /// <param name="keep">Whether the context's translations stay (bit 63 of the operand of MOV to CR3).</param>
    public void ContextChanged(bool keep)
    {
        long set = S->Tlb - _contexts.Current.GetSet(0);
        bool kept = _contexts.Switch(CurrentPcid, ref S->Generation);
        S->Tlb = _contexts.Current.GetSet(0) + set;
        if (kept && !keep)
            _contexts.Current.FlushNonGlobal();
        if (!kept || !keep || S->Generation == 0)
            S->Generation = ++_lastGeneration;
    }

    /// <summary>Drops translations that are not global, of every context.</summary>
    public void FlushNonGlobal()
    {
        _contexts.FlushNonGlobal();
        DropLinks();
    }

    /// <summary>Drops translations of one context that are not global.</summary>
    public void FlushContext(uint pcid)
    {
        _contexts.FlushContext(pcid);
        S->Generation = ++_lastGeneration;
    }

    /// <summary>Drops the translation of one page, in the current context and where it is global.</summary>
    public void FlushPage(ulong linear)
    {
        _contexts.FlushPage(linear);
        DropLinks();
    }

    /// <summary>Drops the translation of one page in one context.</summary>
    public void FlushPage(ulong linear, uint pcid)
    {
        _contexts.FlushPage(linear, pcid);
        S->Generation = ++_lastGeneration;
    }
}
