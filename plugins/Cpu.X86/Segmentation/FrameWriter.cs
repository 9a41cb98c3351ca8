using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Segmentation;

/// <summary>Pushes a frame on a stack, the current one or that of another privilege level, and takes it over only when all of it has succeeded.</summary>
internal unsafe ref struct FrameWriter
{
    private readonly X86Core _core;
    private readonly X86Segment _ss;
    private readonly bool _user;
    private readonly bool _wide;
    private readonly bool _switched;
    private readonly uint _external;
    private ulong _rsp;

    /// <summary>Writes to the current stack.</summary>
    /// <param name="core">The core.</param>
    /// <param name="cpl">The privilege level that the accesses have.</param>
    /// <param name="wide">Whether it is used as in 64-bit mode.</param>
    /// <param name="external">The EXT bit of error codes.</param>
    public FrameWriter(X86Core core, int cpl, bool wide = false, uint external = 0)
    {
        _core = core;
        _external = external;
        _ss = core.S->Arch.Segments[(int)X86SegmentRegister.Ss];
        _user = cpl == 3;
        _wide = wide || core.Is64Bit;
        _rsp = core.S->Arch.Gpr[(int)X86Register.Rsp];
    }

    /// <summary>Writes to another stack.</summary>
    /// <param name="core">The core.</param>
    /// <param name="cpl">The privilege level that will use it.</param>
    /// <param name="ss">Its segment.</param>
    /// <param name="rsp">Its top.</param>
    /// <param name="wide">Whether it is used as in 64-bit mode.</param>
    /// <param name="external">The EXT bit of error codes.</param>
    public FrameWriter(X86Core core, int cpl, scoped in X86Segment ss, ulong rsp, bool wide, uint external = 0)
    {
        _core = core;
        _external = external;
        _ss = ss;
        _user = cpl == 3;
        _wide = wide;
        _rsp = rsp;
        _switched = true;
    }

    private readonly ulong Mask => _wide ? ulong.MaxValue : (_ss.Attributes & X86SegmentAttributes.Default32) != 0 ? uint.MaxValue : 0xFFFFUL;

    /// <summary>Pushes the low bytes of a value.</summary>
    /// <returns>False when a fault is recorded.</returns>
    public bool Push(ulong value, int size)
    {
        ulong pointer = (_rsp - (ulong)size) & Mask;
        ulong linear;
        if (_wide)
        {
            linear = pointer;
            if (!Paging.PageWalker.IsCanonical(_core.S, linear))
                return _core.SetFault(X86Exception.StackFault, _external);
        }
        else
        {
            linear = (uint)(_ss.Base + pointer);
            bool down = (_ss.Attributes & (X86SegmentAttributes.ExpandDownOrConforming | X86SegmentAttributes.Code)) == X86SegmentAttributes.ExpandDownOrConforming;
            ulong last = pointer + (ulong)size - 1;
            bool inside = down ? pointer > _ss.Limit && last <= Mask : last <= _ss.Limit;
            if (!inside)
                return _core.SetFault(X86Exception.StackFault, (_switched ? _ss.Selector & 0xFFFCu : 0) | _external);
        }

        if ((_user && !_core.CheckAlignment(linear, size)) || !_core.StoreAs(_user, linear, &value, size))
            return false;
        _rsp = Mask == 0xFFFF ? (_rsp & ~0xFFFFUL) | pointer : pointer;
        return true;
    }

    /// <summary>Aligns the top to 16 bytes, as delivery in IA-32e mode does.</summary>
    public void Align() => _rsp &= ~15UL;

    /// <summary>Takes the stack over: RSP, and SS when it is another one.</summary>
    public readonly void Commit()
    {
        _core.S->Arch.Gpr[(int)X86Register.Rsp] = _rsp;
        if (_switched)
            _core.S->Arch.Segments[(int)X86SegmentRegister.Ss] = _ss;
    }
}
