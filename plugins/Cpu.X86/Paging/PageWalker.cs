using System.Runtime.CompilerServices;
using Dominion.Buses;
using Dominion.Cpu.X86.State;
using Dominion.Memory;

namespace Dominion.Cpu.X86.Paging;

/// <summary>Walks the paging structures: 32-bit, PAE, 4-level and 5-level paging (SDM volume 3A, chapter 4).</summary>
internal sealed unsafe class PageWalker
{
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;

    private readonly CoreState* _s;
    private readonly X86Core _core;
    private readonly IPhysicalAddressSpace _memory;
    private readonly ulong _reserved;

    public PageWalker(X86Core core, CoreState* state, IPhysicalAddressSpace memory)
    {
        _core = core;
        _s = state;
        _memory = memory;
        _reserved = AddressMask & (~0UL << memory.AddressBits);
    }

    /// <summary>What <see cref="CoreState.CanonicalShift"/> is with linear addresses of 48 bits.</summary>
    public const int Shift48 = 16;

    /// <summary>What <see cref="CoreState.CanonicalShift"/> is with linear addresses of 57 bits.</summary>
    public const int Shift57 = 7;

    /// <summary>Whether bits 63 to 47, or to 56 with 5-level paging, of an address are equal (SDM volume 1, 3.3.7.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCanonical(CoreState* s, ulong linear) => IsCanonical(linear, s->CanonicalShift);

    /// <summary>Whether the highest bits of an address, one more than <paramref name="shift"/>, are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCanonical(ulong linear, int shift) => (ulong)((long)(linear << shift) >> shift) == linear;

    /// <summary>The bits of a PAE page-directory-pointer entry that must be zero (SDM volume 3A, 4.4.1).</summary>
    public ulong ReservedPdpteBits => _reserved | 0xFFF0_0000_0000_01E6;

    /// <summary>The bits of CR3 that must be zero.</summary>
    public ulong ReservedCr3Bits => _reserved | 0x7FF0_0000_0000_0000;

    /// <summary>Walks for an access, and sets accessed and dirty flags as the access would when it is allowed.</summary>
    /// <param name="linear">The linear address; canonical in 64-bit mode.</param>
    /// <param name="kind">What the access does.</param>
    /// <param name="isUser">A user-mode access.</param>
    /// <param name="smapExempt">A supervisor access that RFLAGS.AC exempts from SMAP.</param>
    /// <param name="walk">What was found.</param>
    /// <returns>How the walk ended.</returns>
    public X86TranslationResult Walk(ulong linear, MemoryAccess kind, bool isUser, bool smapExempt, out PageWalk walk)
    {
        walk = default;
        walk.PageBits = FrameRange.FrameShift;
        if ((_s->Arch.Cr0 & ControlBits.Cr0Paging) == 0)
        {
            walk.Physical = (uint)linear;
            walk.CanWrite = true;
            return Finish(linear, kind, ref walk);
        }

        bool wide = (_s->Arch.Cr4 & ControlBits.Cr4Pae) != 0;
        int entrySize = wide ? 8 : 4;
        int indexBits = wide ? 9 : 10;
        int shift;
        ulong table;
        ulong rights = PageEntry.Writable | PageEntry.User;
        ulong noExecute = 0;

        if (!wide)
        {
            shift = 22;
            table = _s->Arch.Cr3 & 0xFFFF_F000;
        }
        else if ((_s->Arch.Efer & ControlBits.EferLongModeActive) != 0)
        {
            shift = (_s->Arch.Cr4 & ControlBits.Cr4LinearAddress57) != 0 ? 48 : 39;
            table = _s->Arch.Cr3 & AddressMask;
        }
        else
        {
            // The four pointer entries are registers, loaded and checked with CR3; they carry no rights.
            ulong pointer = _s->Arch.Pdpte[(int)(linear >> 30) & 3];
            if ((pointer & PageEntry.Present) == 0)
                return Fault(0, kind, isUser, ref walk);
            shift = 21;
            table = pointer & AddressMask;
        }

        // The entries used, for the accessed flags.
        ulong* path = stackalloc ulong[5];
        int depth = 0;
        ulong entry;
        while (true)
        {
            ulong address = table + (((linear >> shift) & ((1UL << indexBits) - 1)) * (ulong)entrySize);
            X86TranslationResult found = ReadEntry(address, linear, wide, out entry);
            if (found != X86TranslationResult.Ok)
                return found;
            path[depth++] = address;
            if ((entry & PageEntry.Present) == 0)
                return Fault(0, kind, isUser, ref walk);
            bool leaf = shift == 12 || ((entry & PageEntry.Large) != 0 && IsLargeAllowed(shift, wide));
            if ((entry & ReservedBits(shift, wide, leaf, entry)) != 0)
                return Fault(PageFaultCode.Present | PageFaultCode.Reserved, kind, isUser, ref walk);
            rights &= entry;
            noExecute |= entry;
            if (leaf)
                break;
            table = wide ? entry & AddressMask : entry & 0xFFFF_F000;
            shift -= indexBits;
        }

        if (!wide || (_s->Arch.Efer & ControlBits.EferNoExecute) == 0)
            noExecute = 0;
        bool allowed = IsAllowed(kind, isUser, smapExempt, rights, (noExecute & PageEntry.NoExecute) != 0, out bool canWrite);
        uint keyFault = 0;
        bool userPage = (rights & PageEntry.User) != 0;
        if (kind != MemoryAccess.Execute && HasProtectionKeys(userPage))
            keyFault = CheckKey(kind, isUser, userPage ? _s->Arch.Pkru : _s->Arch.Pkrs, (int)(entry >> PageEntry.KeyShift) & 15, ref walk, ref canWrite);
        if (!allowed || keyFault != 0)
            return Fault(PageFaultCode.Present | keyFault, kind, isUser, ref walk);

        for (int i = 0; i < depth; i++)
        {
            bool last = i == depth - 1;
            ulong bits = PageEntry.Accessed | (last && kind == MemoryAccess.Write ? PageEntry.Dirty : 0);
            X86TranslationResult set = SetFlags(path[i], linear, wide, bits, last ? entry : 0);
            if (set != X86TranslationResult.Ok)
                return set;
        }

        ulong offset = (1UL << shift) - 1;
        ulong frame = wide ? entry & AddressMask : entry & 0xFFFF_F000;
        if (!wide && shift == 22)
            frame = (entry & 0xFFC0_0000) | ((entry & 0x001F_E000) << 19);
        walk.Physical = (frame & ~offset) | (linear & offset);
        walk.CanWrite = canWrite && (kind == MemoryAccess.Write || (entry & PageEntry.Dirty) != 0);
        walk.IsGlobal = (entry & PageEntry.Global) != 0 && (_s->Arch.Cr4 & ControlBits.Cr4PageGlobal) != 0;
        walk.PageBits = shift;
        return Finish(linear, kind, ref walk);
    }

    /// <summary>Reads an entry of eight bytes outside a walk, such as a PAE pointer entry.</summary>
    public ulong ReadPhysical(ulong address)
    {
        byte* page = _memory.GetPage(address, MemoryAccess.Read);
        return page != null ? *(ulong*)(page + (address & 0xFF8)) : _memory.Read(address, AccessWidth.Qword, _core.Index);
    }

    private bool IsLargeAllowed(int shift, bool wide) =>
        wide ? shift is 21 or 30 : (_s->Arch.Cr4 & ControlBits.Cr4PageSizeExtensions) != 0;

    /// <summary>The bits of an entry that must be zero (SDM volume 3A, tables 4-4 to 4-20).</summary>
    private ulong ReservedBits(int shift, bool wide, bool leaf, ulong entry)
    {
        if (!wide)
            return leaf && shift == 22 ? 1UL << 21 : 0;
        bool longMode = (_s->Arch.Efer & ControlBits.EferLongModeActive) != 0;
        ulong bits = _reserved;
        if ((_s->Arch.Efer & ControlBits.EferNoExecute) == 0)
            bits |= PageEntry.NoExecute;
        if (!longMode)
            bits |= 0x7FF0_0000_0000_0000;
        if (shift >= 39)
            bits |= PageEntry.Large;
        else if (leaf && shift > 12)
            bits |= ((1UL << shift) - 1) & ~0x1FFFUL;
        return bits & entry;
    }

    /// <summary>The access rights of a page (SDM volume 3A, 4.6.1).</summary>
    private bool IsAllowed(MemoryAccess kind, bool isUser, bool smapExempt, ulong rights, bool noExecute, out bool canWrite)
    {
        bool userPage = (rights & PageEntry.User) != 0;
        bool writable = (rights & PageEntry.Writable) != 0;
        ulong cr4 = _s->Arch.Cr4;
        if (isUser)
        {
            canWrite = writable;
            return userPage && kind switch
            {
                MemoryAccess.Write => writable,
                MemoryAccess.Execute => !noExecute,
                _ => true,
            };
        }

        canWrite = writable || (_s->Arch.Cr0 & ControlBits.Cr0WriteProtect) == 0;
        if (kind == MemoryAccess.Execute)
            return !noExecute && !(userPage && (cr4 & ControlBits.Cr4Smep) != 0);
        if (userPage && (cr4 & ControlBits.Cr4Smap) != 0 && !smapExempt)
            return false;
        return kind != MemoryAccess.Write || canWrite;
    }

    /// <summary>Protection keys are for 4-level and 5-level paging; user-mode and supervisor-mode pages have a control bit each.</summary>
    private bool HasProtectionKeys(bool userPage) =>
        (_s->Arch.Cr4 & (userPage ? ControlBits.Cr4ProtectionKeys : ControlBits.Cr4SupervisorKeys)) != 0
        && (_s->Arch.Efer & ControlBits.EferLongModeActive) != 0;

    /// <summary>The rights that PKRU or IA32_PKRS leaves to a protection key (SDM volume 3A, 4.6.2).</summary>
    /// <returns>The bit of the error code, or 0.</returns>
    private uint CheckKey(MemoryAccess kind, bool isUser, uint keyRights, int key, ref PageWalk walk, ref bool canWrite)
    {
        walk.KeyMask = 1u << key;
        uint rights = keyRights >> (2 * key);
        bool writesDisabled = (rights & 2) != 0 && (isUser || (_s->Arch.Cr0 & ControlBits.Cr0WriteProtect) != 0);
        canWrite &= !writesDisabled;
        return (rights & 1) != 0 || (writesDisabled && kind == MemoryAccess.Write) ? PageFaultCode.ProtectionKey : 0;
    }

    private X86TranslationResult Fault(uint code, MemoryAccess kind, bool isUser, ref PageWalk walk)
    {
        if (kind == MemoryAccess.Write)
            code |= PageFaultCode.Write;
        if (isUser)
            code |= PageFaultCode.User;
        bool reportsFetch = (_s->Arch.Cr4 & ControlBits.Cr4Smep) != 0
            || ((_s->Arch.Cr4 & ControlBits.Cr4Pae) != 0 && (_s->Arch.Efer & ControlBits.EferNoExecute) != 0);
        if (kind == MemoryAccess.Execute && reportsFetch)
            code |= PageFaultCode.Fetch;
        walk.ErrorCode = code;
        return X86TranslationResult.PageFault;
    }

    /// <summary>Takes the final address through the second level, where there is one.</summary>
    private X86TranslationResult Finish(ulong linear, MemoryAccess kind, ref PageWalk walk)
    {
        if (!_core.Controls.SecondLevelEnabled)
            return X86TranslationResult.Ok;
        if (!_core.SecondLevel.TryTranslate(walk.Physical, kind, false, linear, out X86SecondLevelMapping mapping))
            return X86TranslationResult.SecondLevel;
        walk.Physical = mapping.Address;
        walk.CanWrite &= mapping.CanWrite;
        walk.PageBits = Math.Max(walk.PageBits, FrameRange.FrameShift);
        return X86TranslationResult.Ok;
    }

    private X86TranslationResult ReadEntry(ulong address, ulong linear, bool wide, out ulong entry)
    {
        entry = 0;
        if (_core.Controls.SecondLevelEnabled)
        {
            if (!_core.SecondLevel.TryTranslate(address, MemoryAccess.Read, true, linear, out X86SecondLevelMapping mapping))
                return X86TranslationResult.SecondLevel;
            address = mapping.Address;
        }

        byte* page = _memory.GetPage(address, MemoryAccess.Read);
        if (page != null)
            entry = wide ? Volatile.Read(ref *(ulong*)(page + (address & 0xFFF))) : Volatile.Read(ref *(uint*)(page + (address & 0xFFF)));
        else
            entry = _memory.Read(address, wide ? AccessWidth.Qword : AccessWidth.Dword, _core.Index);
        return X86TranslationResult.Ok;
    }

    /// <summary>Sets accessed and dirty flags with one atomic operation, when they are not set already.</summary>
    private X86TranslationResult SetFlags(ulong address, ulong linear, bool wide, ulong bits, ulong known)
    {
        if ((known & bits) == bits)
            return X86TranslationResult.Ok;
        if (_core.Controls.SecondLevelEnabled)
        {
            if (!_core.SecondLevel.TryTranslate(address, MemoryAccess.Write, true, linear, out X86SecondLevelMapping mapping))
                return X86TranslationResult.SecondLevel;
            address = mapping.Address;
        }

        byte* page = _memory.GetPage(address, MemoryAccess.Write);
        if (page == null)
            return X86TranslationResult.Ok;
        byte* entry = page + (address & 0xFFF);
        if (((wide ? *(ulong*)entry : *(uint*)entry) & bits) == bits)
            return X86TranslationResult.Ok;
        if (wide)
            Interlocked.Or(ref *(ulong*)entry, bits);
        else
            Interlocked.Or(ref *(uint*)entry, (uint)bits);
        return X86TranslationResult.Ok;
    }
}
