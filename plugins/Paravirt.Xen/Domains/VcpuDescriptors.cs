using Dominion.Cpu.X86;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Emulation;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>A vCPU's descriptor tables: frames of the guest, held as descriptor pages while they are in use.</summary>
/// <param name="vcpu">The vCPU.</param>
internal sealed class VcpuDescriptors(PvVcpu vcpu)
{
    private const ushort GdtLimit = ((VmmDescriptors.FirstReservedPage + 1) * FrameRange.FrameSize) - 1;
    private const uint MaximumLdtEntries = 8192;

    private ulong[] _gdt = [];
    private ulong _ldtAddress;
    private uint _ldtEntries;

    private DescriptorWindows Windows => vcpu.Domain.Windows;

    /// <summary>Forgets everything without giving references back: the domain's frames are new.</summary>
    public void Forget()
    {
        _gdt = [];
        _ldtEntries = 0;
        Load();
    }

    /// <summary>set_gdt.</summary>
    /// <param name="frames">The frames that hold the guest's descriptors.</param>
    public XenError SetGdt(ulong[] frames)
    {
        PvDomain domain = vcpu.Domain;
        using (domain.PagingLock.EnterScope())
        {
            for (int i = 0; i < frames.Length; i++)
            {
                if (domain.Types.GetAs(frames[i], FrameType.Descriptors) == XenError.Success)
                    continue;
                for (int taken = 0; taken < i; taken++)
                    domain.Types.PutAs(frames[taken]);
                return XenError.Invalid;
            }

            ulong[] old = _gdt;
            _gdt = frames;
            for (int i = 0; i < VmmDescriptors.FirstReservedPage; i++)
            {
                if (i < frames.Length)
                    Windows.SetGdtPage(vcpu.Index, i, frames[i]);
                else
                    Windows.ClearGdtPage(vcpu.Index, i);
            }

            vcpu.FlushLocal(null);
            foreach (ulong mfn in old)
                domain.Types.PutAs(mfn);
        }

        return XenError.Success;
    }

    /// <summary>MMUEXT_SET_LDT. Pages are held when they are first used.</summary>
    /// <param name="address">The table's linear address, a multiple of 4096.</param>
    /// <param name="entries">How many descriptors it has.</param>
    public XenError SetLdt(ulong address, uint entries)
    {
        if (entries > MaximumLdtEntries || (entries != 0 && ((address & 0xFFF) != 0 || !GuestAddress.IsGuest(address))))
            return XenError.Invalid;
        using (vcpu.Domain.PagingLock.EnterScope())
        {
            DropLdtPages();
            _ldtAddress = address;
            _ldtEntries = entries;
        }

        Load();
        return XenError.Success;
    }

    /// <summary>Brings a page of the LDT into the processor's reach.</summary>
    /// <param name="page">Its number.</param>
    /// <returns>False when the guest's table has no such page, or it may not hold descriptors.</returns>
    public bool EnsureLdtPage(int page)
    {
        PvDomain domain = vcpu.Domain;
        if ((uint)page * 512 >= _ldtEntries)
            return false;
        using (domain.PagingLock.EnterScope())
        {
            ulong linear = _ldtAddress + ((ulong)page << FrameRange.FrameShift);
            if (!domain.Tables.TryFindLeaf(vcpu.KernelRoot, linear, out ulong slot) || !TryReadEntry(domain, slot, out ulong entry))
                return false;
            ulong mfn = PageBits.Frame(entry);
            if (domain.Types.GetAs(mfn, FrameType.Descriptors) != XenError.Success)
                return false;
            if (Windows.ClearLdtPage(vcpu.Index, page) is { } before)
                domain.Types.PutAs(before);
            Windows.SetLdtPage(vcpu.Index, page, mfn);
        }

        return true;
    }

    /// <summary>Handles a page fault in the LDT's window.</summary>
    /// <param name="linear">The address that faulted.</param>
    /// <returns>False when the fault is none of these.</returns>
    public bool TryHandleFault(ulong linear)
    {
        ulong offset = linear - DescriptorWindows.LdtBase(vcpu.Index);
        return offset < DescriptorWindows.TablePages * (ulong)FrameRange.FrameSize && EnsureLdtPage((int)(offset >> FrameRange.FrameShift));
    }

    /// <summary>Points the processor's registers to the windows.</summary>
    public void Load()
    {
        ref X86State state = ref vcpu.Core.State;
        state.Gdtr = new X86TableRegister { Base = DescriptorWindows.GdtBase(vcpu.Index), Limit = GdtLimit };
        state.Segments[(int)X86SegmentRegister.Ldtr] = _ldtEntries == 0
            ? new X86Segment { Attributes = X86SegmentAttributes.Unusable }
            : new X86Segment
            {
                Base = DescriptorWindows.LdtBase(vcpu.Index),
                Limit = (_ldtEntries * 8) - 1,
                Selector = 8,
                Attributes = X86SegmentAttributes.Present | (X86SegmentAttributes)2,
            };
    }

    private static unsafe bool TryReadEntry(PvDomain domain, ulong slot, out ulong entry)
    {
        entry = Volatile.Read(ref *(ulong*)(domain.Hypervisor.Frames.Memory.Base + slot));
        return PageBits.IsPresent(entry);
    }

    private void DropLdtPages()
    {
        for (int page = 0; page < DescriptorWindows.TablePages; page++)
        {
            if (Windows.ClearLdtPage(vcpu.Index, page) is { } mfn)
                vcpu.Domain.Types.PutAs(mfn);
        }

        vcpu.FlushLocal(null);
    }
}
