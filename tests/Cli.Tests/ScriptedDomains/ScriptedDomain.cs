using System.Text;
using Dominion.Devices;
using Dominion.Domains;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.ScriptedDomains;

/// <summary>A domain of one vCPU that follows a script.</summary>
internal sealed class ScriptedDomain : IDomain, IVcpu, ICharacterReceiver, IDisplaySource
{
    private readonly IDomainContext _context;
    private readonly ScriptedOptions _script;
    private readonly ICharacterLink _console;
    private volatile bool _exitRequested;
    private bool _started;

    internal ScriptedDomain(IDomainContext context, ScriptedOptions script)
    {
        _context = context;
        _script = script;
        _console = context.Console.Connect(this, context.Post);
    }

    /// <inheritdoc/>
    public event Action? Woken;

    /// <inheritdoc/>
    public IDisplay? Display => _script.Display ? new ScriptedDisplay() : null;

    /// <inheritdoc/>
    public IReadOnlyList<IVcpu> Vcpus => [this];

    /// <inheritdoc/>
    public long InstructionsRetired { get; private set; }

    /// <inheritdoc/>
    public bool HasWork => !_started || _script.Then == ScriptedAct.Loop;

    /// <inheritdoc/>
    public void Reset() => _started = false;

    /// <inheritdoc/>
    public void RequestShutdown() => _context.Control.PowerOff("button");

    /// <inheritdoc/>
    public VcpuStatus Run(long instructions)
    {
        if (!_started)
            Start();
        if (_script.Then != ScriptedAct.Loop)
            return VcpuStatus.Idle;
        for (long i = 0; i < instructions && !_exitRequested; i++)
            InstructionsRetired++;
        _exitRequested = false;
        return VcpuStatus.Exited;
    }

    /// <inheritdoc/>
    public void RequestExit()
    {
        _exitRequested = true;
        Woken?.Invoke();
    }

    /// <inheritdoc/>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        if (_script.Then == ScriptedAct.Echo)
        {
            _console.Write(bytes);
            if (bytes.Contains((byte)'q'))
                _context.Control.PowerOff("typing");
        }
        return bytes.Length;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer) => writer.Write(_started);

    /// <inheritdoc/>
    public void Restore(StateReader reader) => _started = reader.ReadBoolean();

    /// <inheritdoc/>
    public void Dispose() => _console.Dispose();

    private void Start()
    {
        _started = true;
        _console.Write(Encoding.UTF8.GetBytes(_script.Say));
        switch (_script.Then)
        {
            case ScriptedAct.PowerOff:
                _context.Control.PowerOff("script");
                break;
            case ScriptedAct.Crash:
                _context.Crash("the script says so");
                break;
            case ScriptedAct.Throw:
                throw new InvalidOperationException("a scripted defect");
        }
    }
}
