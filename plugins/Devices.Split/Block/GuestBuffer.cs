using System.Diagnostics.CodeAnalysis;
using Dominion.Split;

namespace Dominion.Devices.Split.Block;

/// <summary>A frontend's buffers. Those whose grants it uses again stay mapped, up to a bound; of these the one that was used longest ago goes first.</summary>
/// <param name="frontend">The frontend.</param>
/// <param name="isPersistent">Whether it uses grants again.</param>
internal sealed class GuestBuffer(IFrontend frontend, bool isPersistent) : IDisposable
{
    /// <summary>How many grants stay mapped: as many as three rings of one page can name directly.</summary>
    public const int MostMapped = 3 * 32 * BlockProtocol.MostDirectSegments;

    private readonly Dictionary<uint, LinkedListNode<Mapped>> _byReference = [];
    private readonly LinkedList<Mapped> _byUse = new();

    /// <summary>Copies out of a granted page.</summary>
    /// <returns>False when the grant is refused.</returns>
    public bool TryRead(uint reference, int offset, Span<byte> destination)
    {
        if (!TryFind(reference, out IGrantedMemory? memory))
            return frontend.TryRead(reference, offset, destination);
        memory.Read(offset, destination);
        return true;
    }

    /// <summary>Copies into a granted page.</summary>
    /// <returns>False when the grant is refused.</returns>
    public bool TryWrite(uint reference, int offset, ReadOnlySpan<byte> source)
    {
        if (!TryFind(reference, out IGrantedMemory? memory))
            return frontend.TryWrite(reference, offset, source);
        memory.Write(offset, source);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Mapped mapped in _byUse)
            mapped.Memory.Dispose();
        _byUse.Clear();
        _byReference.Clear();
    }

    // A grant that cannot be mapped for writing, as persistent ones must be, is used once like any other.
    private bool TryFind(uint reference, [NotNullWhen(true)] out IGrantedMemory? memory)
    {
        memory = null;
        if (!isPersistent)
            return false;
        if (_byReference.TryGetValue(reference, out LinkedListNode<Mapped>? node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            memory = node.Value.Memory;
            return true;
        }

        if (!frontend.TryMap([reference], true, out memory))
            return false;
        if (_byUse.Count == MostMapped)
        {
            Mapped oldest = _byUse.First!.Value;
            _byUse.RemoveFirst();
            _byReference.Remove(oldest.Reference);
            oldest.Memory.Dispose();
        }

        _byReference.Add(reference, _byUse.AddLast(new Mapped(reference, memory)));
        return true;
    }

    private readonly record struct Mapped(uint Reference, IGrantedMemory Memory);
}
