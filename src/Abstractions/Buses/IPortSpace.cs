namespace Dominion.Buses;

/// <summary>A domain's I/O port space: 65,536 ports of a byte. An access that spans two targets is split.</summary>
public interface IPortSpace
{
    /// <summary>Puts a target on a range of ports. Where two mappings overlap, the later one answers.</summary>
    /// <param name="start">The first port.</param>
    /// <param name="length">How many ports.</param>
    /// <param name="target">What answers.</param>
    /// <param name="name">A name for logs.</param>
    /// <returns>The mapping.</returns>
    IBusMapping Map(ushort start, int length, IBusTarget target, string name);

    /// <summary>Reads. A port that nobody answers reads as all ones. Takes the domain's device lock.</summary>
    /// <param name="port">The first port.</param>
    /// <param name="width">8, 16 or 32 bits.</param>
    /// <param name="initiator">The index of the vCPU, or -1.</param>
    /// <returns>The value, zero-extended.</returns>
    uint Read(ushort port, AccessWidth width, int initiator);

    /// <summary>Writes. Takes the domain's device lock.</summary>
    /// <param name="port">The first port.</param>
    /// <param name="width">8, 16 or 32 bits.</param>
    /// <param name="value">The value; bits above the width are ignored.</param>
    /// <param name="initiator">The index of the vCPU, or -1.</param>
    void Write(ushort port, AccessWidth width, uint value, int initiator);
}
