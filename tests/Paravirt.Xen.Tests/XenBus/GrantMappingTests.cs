using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Split;

namespace Dominion.Paravirt.Xen.Tests.XenBus;

public sealed class GrantMappingTests : IDisposable
{
    private const ushort Permitted = 1;
    private const ushort ReadOnly = 4;
    private const ushort Reading = 8;
    private const ushort Writing = 16;
    private readonly XenBusFixture _bus = new();

    public GrantMappingTests()
    {
        _bus.Become(3);
    }

    private IFrontend Frontend => _bus.Backend.Frontend!;

    [Fact]
    public void Frames_are_one_piece_in_the_order_of_their_grants()
    {
        ulong first = _bus.Grant(20);
        ulong second = _bus.Grant(10);
        using IGrantedMemory memory = _bus.Map(true, 20, 10);
        Assert.Equal(8192, memory.Length);
        memory.Write(4094, [1, 2, 3, 4]);
        Assert.Equal((1, 2), (_bus.ByteAt(first, 4094), _bus.ByteAt(first, 4095)));
        Assert.Equal((3, 4), (_bus.ByteAt(second, 0), _bus.ByteAt(second, 1)));
        byte[] read = new byte[4];
        memory.Read(4094, read);
        Assert.Equal([1, 2, 3, 4], read);
        memory.WriteUInt32(8188, 0x12345678);
        Assert.Equal(0x12345678u, memory.ReadUInt32(8188));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read(8190, new byte[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write(-1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadUInt32(8189));
    }

    [Fact]
    public void A_mapping_marks_the_grant_and_holds_the_frame_until_it_ends()
    {
        ulong mfn = _bus.Grant(20);
        IGrantedMemory memory = _bus.Map(true, 20);
        Assert.Equal(Permitted | Reading | Writing, _bus.GrantFlags(20));
        Assert.Equal((1, 1, FrameType.Writable), (_bus.Frames[mfn].Count, _bus.Frames[mfn].TypeCount, _bus.Frames[mfn].Type));

        // While it lasts the frame can be no page table, which the guest could then change through the backend.
        Assert.Equal(XenError.Invalid, _bus.Types.GetAs(mfn, FrameType.L1));
        memory.Dispose();
        memory.Dispose();
        Assert.Equal(Permitted, _bus.GrantFlags(20));
        Assert.Equal((0, 0), (_bus.Frames[mfn].Count, _bus.Frames[mfn].TypeCount));
        Assert.Equal(XenError.Success, _bus.Types.GetAs(mfn, FrameType.L1));
    }

    [Fact]
    public void What_is_only_read_may_be_granted_for_reading_only_and_is_never_written()
    {
        ulong mfn = _bus.Grant(20);
        _bus.SetGrantFlags(20, Permitted | ReadOnly);
        Assert.False(Frontend.TryMap([20], true, out _));
        Assert.False(Frontend.TryWrite(20, 0, [1]));
        using IGrantedMemory memory = _bus.Map(false, 20);
        Assert.Equal(Permitted | ReadOnly | Reading, _bus.GrantFlags(20));
        Assert.Equal((1, 0), (_bus.Frames[mfn].Count, _bus.Frames[mfn].TypeCount));
        Assert.False(memory.IsWritable);
        Assert.Throws<InvalidOperationException>(() => memory.Write(0, [1]));
        Assert.Throws<InvalidOperationException>(() => memory.WriteUInt32(0, 1));
    }

    [Fact]
    public void Grants_that_are_not_for_the_backend_are_refused_and_leave_no_trace()
    {
        _bus.Grant(20);
        ulong table = _bus.Grant(21);
        Assert.Equal(XenError.Success, _bus.Types.GetAs(table, FrameType.L1));
        _bus.Grant(22, foreign: true);
        _bus.Table.Seed(23, 5, 3);
        _bus.Table.Seed(24, DomainIds.Control, 0xFFFF_FFFF);
        foreach (uint bad in (uint[])[21, 22, 23, 24, 25, 511, 512, uint.MaxValue])
        {
            Assert.False(Frontend.TryMap([20, bad], true, out _));
            Assert.False(Frontend.TryWrite(bad, 0, [1]));
        }

        foreach (uint bad in (uint[])[22, 23, 24, 25])
            Assert.False(Frontend.TryRead(bad, 0, new byte[1]));
        Assert.Equal(0, _bus.Grants.Count);
        Assert.Equal(Permitted, _bus.GrantFlags(20));
        Assert.Equal(Permitted, _bus.GrantFlags(21));
        Assert.Equal(1, _bus.Frames[table].Count);
    }

    [Fact]
    public void A_copy_uses_the_grant_during_the_call_only_and_stays_in_the_frame()
    {
        ulong mfn = _bus.Grant(20);
        Assert.True(Frontend.TryWrite(20, 4093, [7, 8, 9]));
        Assert.Equal(8, _bus.ByteAt(mfn, 4094));
        byte[] read = new byte[3];
        Assert.True(Frontend.TryRead(20, 4093, read));
        Assert.Equal([7, 8, 9], read);
        Assert.Equal((0, Permitted), (_bus.Frames[mfn].Count, _bus.GrantFlags(20)));
        Assert.False(Frontend.TryWrite(20, 4094, [7, 8, 9]));
        Assert.False(Frontend.TryRead(20, -1, read));
        Assert.False(Frontend.TryRead(20, int.MaxValue, read));
    }

    [Fact]
    public void No_mapping_outlives_its_connection()
    {
        ulong mfn = _bus.Grant(20);
        IGrantedMemory memory = _bus.Map(true, 20);
        IFrontend frontend = Frontend;
        _bus.Devices.Vanish();
        Assert.Equal((0, 0), (_bus.Frames[mfn].Count, _bus.Grants.Count));
        Assert.Throws<ObjectDisposedException>(() => memory.Read(0, new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => memory.Write(0, new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => memory.ReadUInt32(0));
        Assert.Throws<ObjectDisposedException>(() => memory.WriteUInt32(0, 1));
        Assert.Throws<ObjectDisposedException>(() => frontend.TryMap([20], true, out _));
        Assert.Throws<ObjectDisposedException>(() => frontend.TryRead(20, 0, new byte[1]));
    }

    [Fact]
    public async Task An_access_on_another_thread_ends_before_the_mapping_does()
    {
        _bus.Grant(20);
        IGrantedMemory memory = _bus.Map(true, 20);
        using ManualResetEventSlim started = new();
        Task writer = Task.Run(() =>
        {
            byte[] bytes = new byte[4096];
            while (true)
            {
                try
                {
                    memory.Write(0, bytes);
                    started.Set();
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }
        });
        started.Wait();
        _bus.Devices.Vanish();
        Assert.Equal(0, _bus.Grants.Count);
        await writer;
    }

    public void Dispose() => _bus.Dispose();
}
