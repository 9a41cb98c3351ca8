using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.GrantTables;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>
/// Uses of one domain's grants by backends in Domain-0. A use marks the grant and holds a reference to the frame, as writable memory if it writes: while it
/// lasts the frame is neither given back nor a page table. Every use ends before the domain's frames do.
/// </summary>
/// <param name="frames">The machine's frames.</param>
/// <param name="types">The references to the domain's frames.</param>
/// <param name="pagingLock">The domain's paging lock; taken here, with the grant lock inside it.</param>
/// <param name="grants">The domain's grants as they are now.</param>
internal sealed unsafe class GrantUse(FrameTable frames, PageTypes types, Lock pagingLock, Func<GrantTable> grants)
{
    /// <summary>How many uses there are.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a use.</summary>
    /// <param name="reference">The grant.</param>
    /// <param name="writable">Whether the backend will write.</param>
    /// <param name="frame">The use on success.</param>
    /// <returns>False when the grant is not Domain-0's, forbids the use, or names a frame that the domain does not own or that is otherwise in use.</returns>
    public bool TryBegin(uint reference, bool writable, out GrantedFrame frame)
    {
        frame = default;
        lock (pagingLock)
        {
            GrantTable table = grants();
            if (table.Begin(reference, DomainIds.Control, writable, out ulong mfn) != GrantStatus.Okay)
                return false;
            if (writable ? types.GetAs(mfn, FrameType.Writable) != XenError.Success : !types.TryGet(mfn))
            {
                table.End(reference, writable);
                return false;
            }

            Count++;
            frame = new GrantedFrame(table, reference, writable, mfn);
            return true;
        }
    }

    /// <summary>Ends a use; once.</summary>
    public void End(in GrantedFrame frame)
    {
        lock (pagingLock)
        {
            if (frame.IsWritable)
                types.PutAs(frame.Mfn);
            else
                types.Put(frame.Mfn);
            frame.Table.End(frame.Reference, frame.IsWritable);
            Count--;
        }
    }

    /// <summary>The host address of a frame in use.</summary>
    public byte* Page(in GrantedFrame frame) => frames.Page(frame.Mfn);

    /// <summary>Tells the cores that bytes of a frame in use have changed.</summary>
    public void NotifyWrite(in GrantedFrame frame, int offset, int length) => frames.Memory.NotifyWrite((frame.Mfn << FrameRange.FrameShift) + (uint)offset, length);
}
