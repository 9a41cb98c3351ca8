using System.Buffers.Binary;
using Dominion.Diagnostics;
using Dominion.Persistence;

namespace Dominion.Services.Local.Block;

/// <summary>
/// The file behind an overlay, sparse: what was never written takes no space.
/// <code>
/// 0      "DOMOVLAY", version le32 (1), sector size le32, length of the disk le64; zeros up to 4096
/// 4096   the map: a bit for each sector that the overlay holds, in pages of 4096 bytes
/// then   the sectors, each at its own place
/// </code>
/// The map is written after the sectors that it speaks of, at a flush and at the end, so an overlay whose machine was killed holds what had been flushed.
/// </summary>
internal sealed class OverlayFile : IDisposable
{
    private const int HeaderLength = 4096;
    private const int UsedHeaderLength = 24;
    private const uint Version = 1;

    private readonly ImageFile _file;
    private readonly byte[] _page = new byte[SectorMap.PageLength];

    private OverlayFile(ImageFile file, ulong length, int sectorSize)
    {
        _file = file;
        Map = new SectorMap(length / (uint)sectorSize);
    }

    /// <summary>Which sectors the overlay holds.</summary>
    public SectorMap Map { get; }

    private long DataStart => HeaderLength + ((long)Map.PageCount * SectorMap.PageLength);

    private static ReadOnlySpan<byte> Magic => "DOMOVLAY"u8;

    /// <summary>Makes an overlay that is gone after its last use.</summary>
    /// <param name="length">The length of the disk.</param>
    /// <param name="sectorSize">The size of a sector.</param>
    /// <param name="log">Takes the host's failures.</param>
    /// <returns>The overlay.</returns>
    public static OverlayFile CreateTemporary(ulong length, int sectorSize, ILog log)
    {
        string path = Path.Combine(Path.GetTempPath(), $"dominion-overlay-{Guid.NewGuid():n}");
        return Create(ImageFile.Open(path, FileMode.CreateNew, write: true, log, temporary: true), length, sectorSize);
    }

    /// <summary>Opens a kept overlay, or makes it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Whether it is made when it is not there.</param>
    /// <param name="length">The length of the disk.</param>
    /// <param name="sectorSize">The size of a sector.</param>
    /// <param name="log">Takes the host's failures.</param>
    /// <returns>The overlay.</returns>
    /// <exception cref="DiagnosticException">The file is no overlay of such a disk.</exception>
    public static OverlayFile OpenKept(string path, FileMode mode, ulong length, int sectorSize, ILog log)
    {
        ImageFile file = ImageFile.Open(path, mode, write: true, log);
        if (file.Length == 0)
            return Create(file, length, sectorSize);
        OverlayFile overlay = new(file, length, sectorSize);
        try
        {
            overlay.Check(path, length, sectorSize);
            overlay.LoadMap(path);
            return overlay;
        }
        catch
        {
            overlay.Dispose();
            throw;
        }
    }

    /// <summary>Reads sectors that the overlay holds.</summary>
    /// <param name="offset">The byte offset on the disk.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <returns>How it ended.</returns>
    public BlockStatus Read(ulong offset, Span<byte> destination) => _file.Read(DataStart + (long)offset, destination);

    /// <summary>Writes sectors; the map is the caller's to change.</summary>
    /// <param name="offset">The byte offset on the disk.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>How it ended.</returns>
    public BlockStatus Write(ulong offset, ReadOnlySpan<byte> source) => _file.Write(DataStart + (long)offset, source);

    /// <summary>Writes what tells whether the file is still the same later.</summary>
    /// <param name="writer">Where to.</param>
    public void SaveIdentity(StateWriter writer) => _file.SaveIdentity(writer);

    /// <summary>Compares the file with what <see cref="SaveIdentity"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="DiagnosticException">The file is another one.</exception>
    public void CheckIdentity(StateReader reader) => _file.CheckIdentity(reader);

    /// <summary>Makes sectors and then map durable.</summary>
    /// <returns>How it ended.</returns>
    public BlockStatus Flush()
    {
        BlockStatus status = _file.Flush();
        bool wrote = false;
        for (int page = 0; page < Map.PageCount && status == BlockStatus.Ok; page++)
        {
            if (!Map.TryTakeDirty(page, _page))
                continue;
            wrote = true;
            status = _file.Write(HeaderLength + ((long)page * SectorMap.PageLength), _page);
            if (status != BlockStatus.Ok)
                Map.MarkDirty(page);
        }

        return wrote && status == BlockStatus.Ok ? _file.Flush() : status;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static OverlayFile Create(ImageFile file, ulong length, int sectorSize)
    {
        OverlayFile overlay = new(file, length, sectorSize);
        try
        {
            Span<byte> header = stackalloc byte[UsedHeaderLength];
            Magic.CopyTo(header);
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
            BinaryPrimitives.WriteInt32LittleEndian(header[12..], sectorSize);
            BinaryPrimitives.WriteUInt64LittleEndian(header[16..], length);
            file.SetLength(overlay.DataStart + (long)length);
            if (file.Write(0, header) != BlockStatus.Ok)
                throw DiskDiagnostics.OverlayNotWritten();
            return overlay;
        }
        catch
        {
            overlay.Dispose();
            throw;
        }
    }

    private void Check(string path, ulong length, int sectorSize)
    {
        Span<byte> header = stackalloc byte[UsedHeaderLength];
        if (_file.Length < HeaderLength || _file.Read(0, header) != BlockStatus.Ok || !header.StartsWith(Magic))
            throw DiskDiagnostics.BadOverlay(path, "is no overlay");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != Version)
            throw DiskDiagnostics.BadOverlay(path, "has a version that this build does not read");
        if (BinaryPrimitives.ReadInt32LittleEndian(header[12..]) != sectorSize || BinaryPrimitives.ReadUInt64LittleEndian(header[16..]) != length)
            throw DiskDiagnostics.BadOverlay(path, "belongs to a disk of another size or sector size");
        if (_file.Length != DataStart + (long)length)
            throw DiskDiagnostics.BadOverlay(path, "is truncated");
    }

    private void LoadMap(string path)
    {
        for (int page = 0; page < Map.PageCount; page++)
        {
            if (_file.Read(HeaderLength + ((long)page * SectorMap.PageLength), _page) != BlockStatus.Ok)
                throw DiskDiagnostics.BadOverlay(path, "cannot be read");
            Map.Load(page, _page);
        }
    }
}
