using Dominion.Cpu;
using Dominion.Cpu.X86;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Tests.Boot;
using Dominion.Persistence;
using Moq;

namespace Dominion.FullVirt.Tests.Bare;

public sealed class BareDomainTests : IDisposable
{
    private readonly BareFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private BareOptions Multiboot() => new() { Kernel = _fixture.File("kernel", ImageMaker.FlatMultiboot()), Cmdline = "-v" };

    [Fact]
    public void Cores_are_attached_in_order_before_the_first_reset()
    {
        List<int> attached = [];
        _fixture.Board.Setup(b => b.Attach(It.IsAny<ICpuCore>())).Callback((ICpuCore c) => attached.Add(c.Index));
        using IDomain domain = _fixture.Create(Multiboot());
        Assert.Equal([0, 1], attached);
        Assert.Equal(2, domain.Vcpus.Count);
        _fixture.Board.Verify(b => b.Reset(), Times.Never);
    }

    [Fact]
    public void Reset_enters_the_kernel_in_flat_protected_mode()
    {
        using IDomain domain = _fixture.Create(Multiboot());
        domain.Reset();
        ref X86State state = ref _fixture.Cores[0].State;
        Assert.Equal(0x10_0040ul, state.Rip);
        Assert.Equal(0x2bad_b002ul, state.Gpr[(int)X86Register.Rax]);
        Assert.Equal(0x11ul, state.Cr0);
        Assert.Equal(2ul, state.Rflags);
        X86Segment code = state.Segments[(int)X86SegmentRegister.Cs];
        Assert.Equal((0ul, uint.MaxValue, 0xc09b), (code.Base, code.Limit, (int)code.Attributes));
        X86Segment stack = state.Segments[(int)X86SegmentRegister.Ss];
        Assert.Equal((0ul, uint.MaxValue, 0xc093), (stack.Base, stack.Limit, (int)stack.Attributes));
        Assert.Equal(0x8b, (int)state.Segments[(int)X86SegmentRegister.Tr].Attributes);
        Assert.Equal(0x02, _fixture.Memory[0x10_0010]);
        Assert.Equal("changed", _fixture.Cores[0].Calls[^1]);
        _fixture.Board.Verify(b => b.Reset(), Times.Once);
    }

    [Fact]
    public void Application_processors_wait_for_a_startup_interrupt()
    {
        using IDomain domain = _fixture.Create(Multiboot());
        domain.Reset();
        Assert.Equal(X86Activity.Active, _fixture.Cores[0].State.Activity);
        Assert.Equal(X86Activity.WaitForStartup, _fixture.Cores[1].State.Activity);
    }

    [Fact]
    public void Second_reset_loads_the_images_anew_though_the_files_are_gone()
    {
        BareOptions options = Multiboot();
        using IDomain domain = _fixture.Create(options);
        domain.Reset();
        File.Delete(options.Kernel!.Value.Value);
        Assert.True(_fixture.Memory.TryWrite(0x10_0010, new byte[0x3000]));
        Assert.True(_fixture.Memory.TryWrite(0x10_3000, [1]));
        domain.Reset();
        Assert.Equal(0x02, _fixture.Memory[0x10_0010]);
        Assert.Equal(0, _fixture.Memory[0x10_3000]);
    }

    [Fact]
    public void Save_and_restore_bring_back_memory_cores_and_board()
    {
        using IDomain domain = _fixture.Create(Multiboot());
        domain.Reset();
        Assert.True(_fixture.Memory.TryWrite(0x80_0000, [7]));
        byte[] rest = new byte[(2 << 20) + 8192];
        Random.Shared.NextBytes(rest);
        Assert.True(_fixture.Memory.TryWrite(0xa0_0000, rest));
        using MemoryStream stream = new();
        domain.Save(new StateWriter(stream));
        Assert.InRange(stream.Length, rest.Length, rest.Length + (1 << 16));

        _fixture.Cores[0].State.Rip = 0;
        Assert.True(_fixture.Memory.TryWrite(0x80_0000, new byte[5 << 20]));
        Assert.True(_fixture.Memory.TryWrite(0x50_0000, [9]));
        stream.Position = 0;
        domain.Restore(new StateReader(stream));
        Assert.Equal(0x10_0040ul, _fixture.Cores[0].State.Rip);
        Assert.Equal(7, _fixture.Memory[0x80_0000]);
        Assert.Equal(0, _fixture.Memory[0x50_0000]);
        byte[] back = new byte[rest.Length];
        Assert.True(_fixture.Memory.TryRead(0xa0_0000, back));
        Assert.Equal(rest, back);
        _fixture.Board.Verify(b => b.Restore(It.IsAny<StateReader>()), Times.Once);
    }

    [Fact]
    public void Damaged_state_is_invalid_data()
    {
        using IDomain domain = _fixture.Create(Multiboot());
        domain.Reset();
        using MemoryStream stream = new();
        domain.Save(new StateWriter(stream));
        byte[] state = stream.ToArray();
        for (int i = 0; i < state.Length; i += 101)
        {
            Assert.Throws<InvalidDataException>(() => domain.Restore(new StateReader(new MemoryStream(state[..i]))));
        }

        // The first run's page number, after the sections' heads, the count of vCPUs and the memory's size.
        int first = (4 + 4 + 4) + 4 + (4 + 3 + 4) + 8;
        state[first + 5] = 1;
        Assert.Throws<InvalidDataException>(() => domain.Restore(new StateReader(new MemoryStream(state))));
    }

    [Fact]
    public void Shutdown_presses_the_power_button()
    {
        using IDomain domain = _fixture.Create(Multiboot());
        domain.RequestShutdown();
        _fixture.Button!.Verify(b => b.PressPowerButton(), Times.Once);
    }

    [Fact]
    public void Shutdown_without_a_power_button_is_logged()
    {
        using BareFixture fixture = new(powerButton: false);
        using IDomain domain = fixture.Create(new BareOptions { Kernel = fixture.File("kernel", ImageMaker.FlatMultiboot()) });
        domain.RequestShutdown();
        fixture.Log.Verify(l => l.Write(LogSeverity.Warning, It.IsAny<string>()), Times.Once);
    }

    [Fact]
    public void Refusals_name_what_is_wrong_and_leave_nothing_behind()
    {
        Refused.With("DOM3001", "'vm' has no kernel", () => _fixture.Create(new BareOptions()));
        Assert.Contains("dispose", _fixture.Cores[0].Calls);
        _fixture.Board.Verify(b => b.Dispose(), Times.Once);
    }

    [Fact]
    public void Refuses_images_without_a_kernel_and_missing_files_before_anything_is_made()
    {
        Refused.With("DOM3017", "'cmdline:'", () => _fixture.Create(new BareOptions { Cmdline = "x" }));
        Refused.With("DOM3017", "'ramdisk:'", () => _fixture.Create(new BareOptions { Ramdisk = new("/x") }));
        Refused.With("DOM3002", "/nowhere/kernel", () => _fixture.Create(new BareOptions { Kernel = new("/nowhere/kernel") }));
        BareOptions options = Multiboot();
        options.Ramdisk = new("/nowhere/initrd");
        Refused.With("DOM3002", "RAM disk '/nowhere/initrd'", () => _fixture.Create(options));
        _fixture.Context.Verify(c => c.CreateBoard(), Times.Never);
    }

    [Fact]
    public void Refuses_a_core_of_another_architecture()
    {
        Mock<ICpuCore> core = new();
        core.SetupGet(c => c.Architecture).Returns("riscv");
        _fixture.Context.Setup(c => c.CreateCore(It.IsAny<int>())).Returns(core.Object);
        Refused.With("DOM3016", "'riscv'", () => _fixture.Create(Multiboot()));
        core.Verify(c => c.Dispose(), Times.Once);
    }

    [Fact]
    public unsafe void Without_a_kernel_a_rom_at_the_reset_vector_is_started()
    {
        byte[] rom = new byte[4096];
        fixed (byte* bytes = rom)
        {
            _fixture.Memory.Rom = bytes;
            using IDomain domain = _fixture.Create(new BareOptions());
            domain.Reset();
            Assert.Equal(0xfff0ul, _fixture.Cores[0].State.Rip);
            Assert.Equal(0x6000_0010ul, _fixture.Cores[0].State.Cr0);
        }
    }
}
