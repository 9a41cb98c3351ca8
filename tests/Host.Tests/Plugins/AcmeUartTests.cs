using System.Text;
using Dominion.Buses;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Host.Plugins;
using Dominion.Persistence;
using Dominion.Plugins;
using Dominion.Services;
using Moq;

namespace Dominion.Host.Tests.Plugins;

/// <summary>The third party's serial port, driven the way Linux's 8250 driver does (drivers/tty/serial/8250/8250_port.c, autoconfig).</summary>
[Collection(ThirdPartyCollection.Name)]
public sealed class AcmeUartTests : IDisposable, ICharacterStream, IInterruptLine
{
    private readonly PluginCatalog _catalog;
    private readonly IDevice _device;
    private readonly List<byte> _sent = [];
    private IBusTarget? _target;
    private ICharacterReceiver? _receiver;
    private bool _asserted;
    private int _readyCount;

    public AcmeUartTests(ThirdPartyFixture fixture)
    {
        _catalog = PluginCatalog.Discover([fixture.MakeRoot(("Acme.Uart", fixture.UartFolder))]);
        _device = Make(null);
        _device.Reset();
    }

    public void Dispose()
    {
        _device.Dispose();
        _catalog.Dispose();
    }

    [Fact]
    public void LinuxFindsA16550A()
    {
        // Presence: the interrupt enable register holds four bits.
        Out(1, 0);
        Assert.Equal(0, In(1) & 0x0f);
        Out(1, 0x0f);
        Assert.Equal(0x0f, In(1) & 0x0f);
        Out(1, 0);

        // Loopback: OUT2 and RTS come back as DCD and CTS.
        Out(4, 0x10 | 0x0a);
        Assert.Equal(0x90, In(6) & 0xf0);
        Out(4, 0);

        // Kind: no extended feature register, FIFOs that can be enabled, a scratch register.
        Out(3, 0xbf);
        Assert.NotEqual(0, In(2));
        Out(3, 0);
        Out(2, 0x01);
        Assert.Equal(3, In(2) >> 6);
        Out(7, 0xa5);
        Assert.Equal(0xa5, In(7));
    }

    [Fact]
    public void TheDivisorLatchHidesTheDataRegisters()
    {
        Out(3, 0x83);
        Out(0, 0x0c);
        Out(1, 0x01);
        Assert.Equal((0x0c, 0x01), (In(0), In(1)));
        Out(3, 0x03);
        Assert.Equal((0, 0), (In(0), In(1)));
        Assert.Empty(_sent);
    }

    [Fact]
    public void WhatIsWrittenIsSentAndTheTransmitterAsksForMore()
    {
        Out(4, 0x08);
        Out(1, 0x02);
        Assert.True(_asserted);
        Assert.Equal(0x02, In(2));
        Assert.False(_asserted);
        foreach (byte character in "ok"u8)
            Out(0, character);
        Assert.Equal("ok", Encoding.ASCII.GetString([.. _sent]));
        Assert.True(_asserted);
        Assert.Equal(0x60, In(5));
    }

    [Fact]
    public void WhatIsTypedInterruptsAndWaitsInTheFifo()
    {
        Out(2, 0x81);
        Out(4, 0x08);
        Out(1, 0x01);
        Assert.Equal(3, _receiver!.Receive("abc"u8));
        Assert.True(_asserted);
        Assert.Equal(0xcc, In(2));
        Assert.Equal(13, _receiver.Receive("defghijklmnopqrstuvwxyz"u8));
        Assert.Equal(0xc4, In(2));
        Assert.Equal(0, _receiver.Receive("z"u8));
        int before = _readyCount;
        Assert.Equal('a', In(0));
        Assert.Equal(before + 1, _readyCount);
        for (char expected = 'b'; expected <= 'p'; expected++)
        {
            Assert.Equal(1, In(5) & 1);
            Assert.Equal(expected, In(0));
        }

        Assert.Equal(0, In(5) & 1);
        Assert.False(_asserted);
    }

    [Fact]
    public void NothingIsTakenUntilTheGuestListensAndAResetOfTheFifoLosesNothing()
    {
        Assert.Equal(0, _receiver!.Receive("a"u8));
        int before = _readyCount;
        Out(1, 0x01);
        Assert.Equal(before + 1, _readyCount);
        Assert.Equal(1, _receiver.Receive("ab"u8));
        Out(2, 0x01);
        Out(2, 0x07);
        Assert.Equal('a', In(0));
        Out(1, 0x00);
        Assert.Equal(0, _receiver.Receive("b"u8));
        for (int i = 0; i < 16; i++)
            Assert.Equal(0x60, In(5));
        Assert.Equal(1, _receiver.Receive("b"u8));
        Assert.Equal('b', In(0));
    }

    [Fact]
    public void TheModemLinesAreReadByThePluginsOwnLibrary()
    {
        Assert.Equal(0xb0, In(6) & 0xf0);
        using IDevice quiet = Make("{ ri: true }");
        Assert.Equal(0x40, In(6) & 0xf0);
        DiagnosticException refused = Assert.Throws<DiagnosticException>(() => Make("{ rts: true }"));
        Assert.Equal("ACME002", refused.Diagnostic.Id);
    }

    [Fact]
    public void ItsStateSurvivesSaveAndRestore()
    {
        Out(2, 0x01);
        Out(1, 0x01);
        Out(3, 0x1b);
        Out(7, 0x77);
        _receiver!.Receive("xy"u8);
        using var stream = new MemoryStream();
        _device.Save(new StateWriter(stream));
        _device.Reset();
        stream.Position = 0;
        _device.Restore(new StateReader(stream));

        Assert.Equal((0x1b, 0x77, 'x', 'y'), (In(3), In(7), In(0), In(0)));
    }

    public ICharacterLink Connect(ICharacterReceiver receiver, Action<Action> post)
    {
        _receiver = receiver;
        return new Link(this);
    }

    void IInterruptLine.Set(bool asserted) => _asserted = asserted;

    private IDevice Make(string? modemLines)
    {
        ExportDescriptor export = _catalog.Exports.Single();
        IDeviceFactory factory = _catalog.GetFactory<IDeviceFactory>(export, out _)!;
        object options = Activator.CreateInstance(_catalog.GetOptionsType(export, out _)!)!;
        if (modemLines is not null)
            options.GetType().GetProperty("ModemLines")!.SetValue(options, modemLines);
        var ports = new Mock<IPortSpace>();
        ports.Setup(space => space.Map(0x3f8, 8, It.IsAny<IBusTarget>(), "com1"))
            .Callback((ushort _, int _, IBusTarget target, string _) => _target = target)
            .Returns(Mock.Of<IBusMapping>());
        var context = new Mock<IDeviceContext>();
        context.SetupGet(device => device.Name).Returns("com1");
        context.SetupGet(device => device.Ports).Returns(ports.Object);
        context.Setup(device => device.GetInterruptLine(4)).Returns(this);
        context.Setup(device => device.GetService(new ServiceReference<ICharacterStream>("console"))).Returns(this);
        return factory.Create(context.Object, options);
    }

    private int In(uint register) => (byte)_target!.Read(new BusAccess(register, AccessWidth.Byte, 0));

    private void Out(uint register, byte value) => _target!.Write(new BusAccess(register, AccessWidth.Byte, 0), value);

    private sealed class Link(AcmeUartTests test) : ICharacterLink
    {
        public void Write(ReadOnlySpan<byte> bytes) => test._sent.AddRange(bytes);

        public void Ready() => test._readyCount++;

        public void Dispose() => test._receiver = null;
    }
}
