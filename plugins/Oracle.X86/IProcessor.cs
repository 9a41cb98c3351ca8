namespace Dominion.Oracle.X86;

/// <summary>Something that runs one instruction: the host or a core.</summary>
internal interface IProcessor : IDisposable
{
    /// <summary>The data that operands are in, before and after a run.</summary>
    Span<byte> Data { get; }

    /// <summary>Runs an instruction until the first exception: its own, or that of what stands where it leads to.</summary>
    /// <param name="test">The instruction and what it starts from; <see cref="Data"/> is set already.</param>
    /// <param name="result">Receives what it leaves behind.</param>
    /// <returns>Null, or why there is no result.</returns>
    string? Run(TestCase test, ref ProcessorState result);
}
