using Dominion.Buses;
using Dominion.Cpu.X86.Models;
using Dominion.Cpu.X86.Tests.Running;
using Dominion.Diagnostics;
using Dominion.Time;
using Iced.Intel;
using Moq;

namespace Dominion.Cpu.X86.Tests.Modes;

/// <summary>A core in system mode over a little RAM: tables in place, handlers that halt, and code assembled where a test wants it.</summary>
internal sealed unsafe class SystemMachine : IX86InterceptHandler, IDisposable
{
    public const ulong Gdt = 0x1000;
    public const ulong Idt = 0x2000;
    public const ulong Tss = 0x4000;
    public const ulong Handlers = 0x8000;
    public const ulong Code = 0x10000;
    public const ulong Data = 0x20000;
    public const ulong Stack = 0x30000;
    public const ulong KernelStack = 0x38000;
    public const ulong Tables = 0x100000;

    public const ushort Code0 = 0x08;
    public const ushort Data0 = 0x10;
    public const ushort Code3 = 0x1B;
    public const ushort Data3 = 0x23;
    public const ushort Task = 0x28;

    /// <summary>The first selector that tests may use for their own descriptors.</summary>
    public const ushort Own = 0x40;

    /// <summary>Handler n is at <see cref="Handlers"/> + n times this.</summary>
    public const int HandlerStride = 16;

    private readonly FlatMemory _memory = new(8 << 20);
    private readonly Mock<IPortSpace> _ports = new();
    private bool _catches;

    private readonly List<X86Core> _others = [];
    private readonly CoreGroup _group = new();

    /// <param name="bits">64 for 64-bit mode, 32 for protected mode without paging, 16 for real-address mode.</param>
    /// <param name="features">Features beside those of the model x86-64-v2.</param>
    public SystemMachine(int bits, params string[] features)
    {
        Bits = bits;
        Core = MakeCore(0, features);
        ref X86State state = ref Core.State;
        state.Rip = Code;
        state.Gpr[(int)X86Register.Rsp] = Stack;
        if (bits == 16)
        {
            state.Rip = 0;
            state.Gpr[(int)X86Register.Rsp] = 0x8000;
            for (int i = 0; i <= (int)X86SegmentRegister.Gs; i++)
            {
                ulong start = i == (int)X86SegmentRegister.Cs ? Code : Data;
                state.Segments[i] = new X86Segment { Selector = (ushort)(start >> 4), Base = start, Limit = 0xFFFF, Attributes = (X86SegmentAttributes)0x93 };
            }

            for (int vector = 0; vector < 256; vector++)
            {
                Write(Handlers + (ulong)(vector * HandlerStride), (byte)0xF4);
                Write((ulong)vector * 4, (uint)((Handlers >> 4) << 16) | (uint)(vector * HandlerStride));
            }

            state.Idtr = new X86TableRegister { Limit = 0x3FF };
            Core.StateChanged();
            return;
        }

        BuildTables();
        state.Cr0 = 0x31;
        if (bits == 64)
        {
            IdentityMap();
            state.Cr4 = 0x20;
            state.Efer = 0xD01;
            state.Cr0 |= 1UL << 31;
        }

        state.Gdtr = new X86TableRegister { Base = Gdt, Limit = 0xFFF };
        state.Idtr = new X86TableRegister { Base = Idt, Limit = 0xFFF };
        SetLevel(0);
        state.Segments[(int)X86SegmentRegister.Tr] = new X86Segment { Selector = Task, Base = Tss, Limit = 0xFFF, Attributes = (X86SegmentAttributes)0x8B };
        state.Segments[(int)X86SegmentRegister.Ldtr] = new X86Segment { Attributes = X86SegmentAttributes.Unusable };
        Core.StateChanged();
    }

    public X86Core Core { get; }

    /// <summary>Adds a core in the state of the first one, on the same memory.</summary>
    public X86Core AddCore()
    {
        X86Core core = MakeCore(1 + _others.Count, []);
        core.State = Core.State;
        core.StateChanged();
        _others.Add(core);
        return core;
    }

    private X86Core MakeCore(int index, string[] features) => new(
        new CpuCoreContext
        {
            Index = index,
            VcpuCount = 2,
            Model = "x86-64-v2",
            Features = features,
            Engine = "interpreter",
            MachineMemory = _memory,
            Memory = _memory,
            Ports = _ports.Object,
            Clock = Mock.Of<IClock>(),
            Log = Mock.Of<ILog>(),
        },
        CpuModelCatalog.Find("x86-64-v2").With(features),
        _group)
    {
        InterceptHandler = this,
    };

    public int Bits { get; }

    public ref X86State State => ref Core.State;

    /// <summary>The exception that ended the last <see cref="Catch"/>.</summary>
    public X86Event? Caught { get; private set; }

    public ulong Rip => Core.State.Rip;

    public ulong Rsp => Core.State.Gpr[(int)X86Register.Rsp];

    public Mock<IPortSpace> Ports => _ports;

    /// <summary>Told of a write to a device: any address beyond the RAM.</summary>
    public Action? DeviceWritten
    {
        get => _memory.Written;
        set => _memory.Written = value;
    }

    public IX86SecondLevel? SecondLevel => null;

    /// <summary>Answers every intercept.</summary>
    public X86Verdict Answer { get; set; } = X86Verdict.Exited;

    /// <summary>A code or data descriptor.</summary>
    /// <param name="access">Bits 40 to 47.</param>
    /// <param name="flags">Bits 52 to 55: G, D or B, L, AVL.</param>
    /// <param name="start">The base.</param>
    /// <param name="limit">The limit field, 20 bits.</param>
    public static ulong Segment(byte access, int flags, uint start = 0, uint limit = 0xFFFFF) =>
        (limit & 0xFFFF) | ((ulong)(start & 0xFF_FFFF) << 16) | ((ulong)access << 40)
        | ((ulong)(limit >> 16) << 48) | ((ulong)flags << 52) | ((ulong)(start >> 24) << 56);

    /// <summary>The low half of a gate.</summary>
    public static ulong Gate(ushort selector, ulong offset, byte access, int count = 0) =>
        (offset & 0xFFFF) | ((ulong)selector << 16) | ((ulong)(uint)count << 32) | ((ulong)access << 40) | (((offset >> 16) & 0xFFFF) << 48);

    public void Write<T>(ulong address, T value)
        where T : unmanaged => _memory.TryWrite(address, new ReadOnlySpan<byte>(&value, sizeof(T)));

    public T Read<T>(ulong address)
        where T : unmanaged
    {
        T value = default;
        _memory.TryRead(address, new Span<byte>(&value, sizeof(T)));
        return value;
    }

    /// <summary>A value on the stack, counted from its top.</summary>
    public ulong Pushed(int index, int size) =>
        size switch
        {
            2 => Read<ushort>(StackTop + (ulong)(index * size)),
            4 => Read<uint>(StackTop + (ulong)(index * size)),
            _ => Read<ulong>(StackTop + (ulong)(index * size)),
        };

    private ulong StackTop => Core.State.Segments[(int)X86SegmentRegister.Ss].Base + Rsp;

    /// <summary>Puts a descriptor in the GDT.</summary>
    public void SetDescriptor(ushort selector, ulong low, ulong high = 0)
    {
        Write(Gdt + (selector & 0xFFF8u), low);
        if (high != 0 || Bits == 64)
            Write(Gdt + (selector & 0xFFF8u) + 8, high);
    }

    /// <summary>Puts a gate in the IDT that leads to the vector's handler.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="access">The gate's access byte: 0x8E is an interrupt gate of DPL 0.</param>
    /// <param name="stack">The index in the interrupt stack table.</param>
    /// <param name="selector">The handler's code segment.</param>
    public void SetGate(int vector, byte access, int stack = 0, ushort selector = Code0)
    {
        ulong handler = Handlers + (ulong)(vector * HandlerStride);
        if (Bits == 64)
        {
            Write(Idt + (ulong)(vector * 16), Gate(selector, handler, access, stack));
            Write(Idt + (ulong)(vector * 16) + 8, handler >> 32);
        }
        else
        {
            Write(Idt + (ulong)(vector * 8), Gate(selector, handler, access));
        }
    }

    /// <summary>Takes CS and SS of a privilege level.</summary>
    public void SetLevel(int level)
    {
        ref X86State state = ref Core.State;
        var flags = Bits == 64 ? X86SegmentAttributes.Long : X86SegmentAttributes.Default32;
        for (int i = 0; i <= (int)X86SegmentRegister.Gs; i++)
        {
            state.Segments[i] = new X86Segment
            {
                Selector = level == 0 ? Data0 : Data3,
                Limit = uint.MaxValue,
                Attributes = (X86SegmentAttributes)(0x93 | (level << 5)) | X86SegmentAttributes.Granularity | X86SegmentAttributes.Default32,
            };
        }

        ref X86Segment cs = ref state.Segments[(int)X86SegmentRegister.Cs];
        cs.Selector = level == 0 ? Code0 : Code3;
        cs.Attributes = (X86SegmentAttributes)(0x9B | (level << 5)) | X86SegmentAttributes.Granularity | flags;
        Core.StateChanged();
    }

    /// <summary>Assembles code at an address, <see cref="Code"/> by default; HLT stands behind it.</summary>
    /// <returns>The address behind it.</returns>
    public ulong Assemble(Action<Assembler> emit, ulong address = Code, int bits = 0)
    {
        var assembler = new Assembler(bits == 0 ? Bits : bits);
        emit(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), Bits == 16 && address >= Code ? address - Code : address);
        ReadOnlySpan<byte> bytes = stream.ToArray();
        for (int i = 0; i < bytes.Length; i++)
            Write(address + (ulong)i, bytes[i]);
        Write(address + (ulong)bytes.Length, (byte)0xF4);
        return address + (ulong)bytes.Length;
    }

    /// <summary>Runs until HLT, a shutdown or the budget's end.</summary>
    public X86ExitReason Run(int instructions = 10_000)
    {
        Core.StateChanged();
        return Core.Run(new X86RunLimits(instructions)).Reason;
    }

    /// <summary>Runs to the first exception, which is not delivered.</summary>
    public X86Event Catch(int instructions = 10_000)
    {
        _catches = true;
        Caught = null;
        Core.Controls.Intercepts.Set(X86Intercept.Exception);
        Core.Controls.ExceptionBitmap = uint.MaxValue;
        X86ExitReason reason = Run(instructions);
        Core.Controls.ExceptionBitmap = 0;
        _catches = false;
        Assert.True(Caught.HasValue, $"no exception but {reason} at {Rip:X}");
        Assert.Equal(X86ExitReason.Intercepted, reason);
        return Caught.Value;
    }

    /// <summary>Runs and expects to halt in a vector's handler.</summary>
    public void RunToHandler(int vector)
    {
        Assert.Equal(X86ExitReason.Halted, Run());
        ulong start = Core.State.Segments[(int)X86SegmentRegister.Cs].Base;
        Assert.Equal(Handlers + (ulong)(vector * HandlerStride) + 1, start + Rip);
    }

    public X86Verdict OnIntercept(ref X86InterceptInfo info)
    {
        if (_catches)
            Caught = info.Event;
        return Answer;
    }

    public void Dispose()
    {
        foreach (X86Core core in _others)
            core.Dispose();
        Core.Dispose();
        _memory.Dispose();
    }

    private void BuildTables()
    {
        int code = Bits == 64 ? 10 : 12;
        Write(Gdt + Code0, Segment(0x9B, code));
        Write(Gdt + Data0, Segment(0x93, 12));
        Write(Gdt + (Code3 & 0xFFF8u), Segment(0xFB, code));
        Write(Gdt + (Data3 & 0xFFF8u), Segment(0xF3, 12));
        Write(Gdt + Task, Segment(0x8B, 0, (uint)Tss, 0xFFF));
        for (int vector = 0; vector < 256; vector++)
        {
            Write(Handlers + (ulong)(vector * HandlerStride), (byte)0xF4);
            SetGate(vector, 0x8E);
        }

        if (Bits == 64)
        {
            Write(Tss + 4, KernelStack);
        }
        else
        {
            Write(Tss + 4, (uint)KernelStack);
            Write(Tss + 8, (uint)Data0);
        }

        Write(Tss + 102, (ushort)0x1000);
    }

    private void IdentityMap()
    {
        Write(Tables, (Tables + 0x1000) | 7);
        Write(Tables + 0x1000, (Tables + 0x2000) | 7);
        for (ulong i = 0; i < 4; i++)
            Write(Tables + 0x2000 + (i * 8), (i << 21) | 0x87);
        Core.State.Cr3 = Tables;
    }
}
