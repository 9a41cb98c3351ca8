using Dominion.Diagnostics;
using Dominion.Host.Machine.Memory;
using Dominion.Memory;
using FsCheck;
using FsCheck.Fluent;
using Moq;

namespace Dominion.Host.Tests.Machine.Memory;

public sealed unsafe class MachineMemoryTests
{
    private const ulong Frames = 64;

    [Fact]
    public void Frames_that_are_given_again_are_zero()
    {
        using MachineMemory memory = MachineMemory.Create(Frames * FrameRange.FrameSize);
        Assert.True(memory.TryAllocate(3, 2, out FrameRange range));
        new Span<byte>(memory.Base + range.Address, (int)range.Length).Fill(0xAA);
        memory.Free(3, range);

        Assert.True(memory.TryAllocate(4, Frames, out FrameRange all));

        Assert.Equal(new FrameRange(0, Frames), all);
        Assert.False(new ReadOnlySpan<byte>(memory.Base, (int)all.Length).ContainsAnyExcept((byte)0));
        Assert.Equal(4, memory.OwnerOf(Frames - 1));
    }

    [Fact]
    public void A_domain_cannot_free_what_it_does_not_own()
    {
        using MachineMemory memory = MachineMemory.Create(Frames * FrameRange.FrameSize);
        memory.TryAllocate(1, 4, out FrameRange one);
        memory.TryAllocate(2, 4, out FrameRange two);

        Assert.Throws<ArgumentException>(() => memory.Free(2, one));
        Assert.Throws<ArgumentException>(() => memory.Free(1, new FrameRange(one.First, 5)));
        Assert.Throws<ArgumentException>(() => memory.Free(2, new FrameRange(two.First, Frames)));
        memory.FreeAll(1);

        Assert.Equal(-1, memory.OwnerOf(one.First));
        Assert.Equal(2, memory.OwnerOf(two.First));
        Assert.Equal(-1, memory.OwnerOf(Frames));
    }

    [Fact]
    public void Allocation_and_freeing_keep_runs_apart_and_lose_no_frame()
    {
        Gen<int[]> steps = Gen.ArrayOf(Gen.Choose(0, 1000));
        Prop.ForAll(steps.ToArbitrary(), Holds).QuickCheckThrowOnFailure();

        static bool Holds(int[] steps)
        {
            using MachineMemory memory = MachineMemory.Create(Frames * FrameRange.FrameSize);
            List<(int Domain, FrameRange Range)> held = [];
            int domain = 0;
            foreach (int step in steps)
            {
                if (step % 3 == 0 && held.Count > 0)
                {
                    (int owner, FrameRange range) = held[step % held.Count];
                    held.RemoveAt(step % held.Count);
                    memory.Free(owner, range);
                }
                else if (memory.TryAllocate(domain, (ulong)(step % 17) + 1, out FrameRange range))
                {
                    held.Add((domain++, range));
                }
            }

            // Every frame belongs to the one that holds it, so no two runs overlap.
            int[] owners = new int[Frames];
            Array.Fill(owners, -1);
            foreach ((int owner, FrameRange range) in held)
                owners.AsSpan((int)range.First, (int)range.Count).Fill(owner);
            bool right = Enumerable.Range(0, (int)Frames).All(frame => memory.OwnerOf((ulong)frame) == owners[frame]);
            foreach ((int owner, FrameRange range) in held)
                memory.Free(owner, range);
            return right && memory.TryAllocate(0, Frames, out _);
        }
    }

    [Fact]
    public void A_mark_tells_every_core_but_its_own()
    {
        using MachineMemory memory = MachineMemory.Create(Frames * FrameRange.FrameSize);
        Mock<ICodeObserver> source = new(MockBehavior.Strict);
        Mock<ICodeObserver> other = new();
        memory.AddCodeObserver(source.Object);
        memory.AddCodeObserver(other.Object);

        memory.MarkCode(5, source.Object);

        Assert.Equal(1, memory.CodeMarks[5]);
        other.Verify(o => o.OnCodeMarked(5), Times.Once);
    }

    [Fact]
    public void Writes_are_told_only_of_marked_frames_and_to_those_who_still_listen()
    {
        using MachineMemory memory = MachineMemory.Create(Frames * FrameRange.FrameSize);
        Mock<ICodeObserver> stays = new();
        Mock<ICodeObserver> leaves = new(MockBehavior.Strict);
        memory.AddCodeObserver(stays.Object);
        memory.AddCodeObserver(leaves.Object);
        memory.RemoveCodeObserver(leaves.Object);
        memory.MarkCode(5, stays.Object);

        memory.NotifyWrite(0x5010, 4);
        memory.NotifyWrite(0x6010, 4);

        stays.Verify(o => o.OnCodeWritten(0x5010, 4), Times.Once);
        stays.Verify(o => o.OnCodeWritten(0x6010, It.IsAny<int>()), Times.Never);
    }

    [Fact]
    public void Cores_drop_the_code_of_a_frame_before_it_has_another_owner()
    {
        using MachineMemory memory = MachineMemory.Create(Frames * FrameRange.FrameSize);
        Mock<ICodeObserver> core = new();
        memory.AddCodeObserver(core.Object);
        memory.TryAllocate(0, 1, out FrameRange range);
        memory.MarkCode(range.First, core.Object);
        core.Setup(o => o.OnCodeWritten(range.Address, FrameRange.FrameSize)).Callback(() => memory.UnmarkCode(range.First));

        memory.Free(0, range);

        Assert.Equal(0, memory.CodeMarks[range.First]);
        core.Verify(o => o.OnCodeWritten(range.Address, FrameRange.FrameSize), Times.Once);
    }

    [Fact]
    public void More_than_the_host_has_is_refused()
    {
        DiagnosticException refused = Assert.Throws<DiagnosticException>(() => MachineMemory.Create(1ul << 60));
        Assert.Equal("DOM5001", refused.Diagnostic.Id);
    }
}
