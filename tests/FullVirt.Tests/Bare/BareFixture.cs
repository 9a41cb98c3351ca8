using Dominion.Memory;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Tests.Boot;
using Dominion.Persistence;
using Dominion.Plugins;
using Moq;

namespace Dominion.FullVirt.Tests.Bare;

/// <summary>What a bare domain is made from: 16 MiB, two cores, a board that records what happens to it.</summary>
internal sealed class BareFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-bare").FullName;

    public BareFixture(bool powerButton = true)
    {
        Board.SetupGet(b => b.MemoryMap).Returns(PcMap.OfMebibytes(16));
        Board.SetupGet(b => b.AcpiRootPointer).Returns(0xe_0010);
        Board.Setup(b => b.Save(It.IsAny<StateWriter>())).Callback((StateWriter w) => w.Write("board"));
        Board.Setup(b => b.Restore(It.IsAny<StateReader>())).Callback((StateReader r) => Assert.Equal("board", r.ReadString()));
        if (powerButton)
            Button = Board.As<IPowerButton>();
        Context.SetupGet(c => c.Name).Returns("vm");
        Context.SetupGet(c => c.MemorySize).Returns(16 << 20);
        Context.SetupGet(c => c.VcpuCount).Returns(2);
        Context.SetupGet(c => c.MemorySpace).Returns(Memory);
        Context.SetupGet(c => c.DeviceLock).Returns(new Lock());
        Context.SetupGet(c => c.Log).Returns(Log.Object);
        Context.SetupGet(c => c.Control).Returns(Control.Object);
        Context.Setup(c => c.CreateBoard()).Returns(() => Board.Object);
        Context.Setup(c => c.CreateCore(It.IsAny<int>())).Returns((int i, IPhysicalAddressSpace? _) => Cores[i]);
        Context.Setup(c => c.Post(It.IsAny<Action>())).Callback((Action a) => a());
    }

    public Mock<IDomainContext> Context { get; } = new();

    public Mock<IBoard> Board { get; } = new();

    public Mock<IPowerButton>? Button { get; }

    public Mock<ILog> Log { get; } = new();

    public Mock<IDomainControl> Control { get; } = new();

    public FlatMemory Memory { get; } = new(16 << 20);

    public FakeCore[] Cores { get; } = [new(0), new(1)];

    public FilePath File(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return new FilePath(path);
    }

    public IDomain Create(BareOptions options) => new BareDomainFactory().Create(Context.Object, options);

    public void Dispose()
    {
        Memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
