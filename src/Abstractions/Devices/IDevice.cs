using Dominion.Persistence;

namespace Dominion.Devices;

/// <summary>A device of a domain or of the machine. A deterministic function of its inputs and its clock: it starts no thread, reads no host clock, and holds no lock across a call out. Called under the domain's device lock.</summary>
public interface IDevice : IPersistent, IDisposable
{
    /// <summary>Takes the state that the hardware has after power-on or reset. Called once before the domain starts and at every reset.</summary>
    void Reset();
}
