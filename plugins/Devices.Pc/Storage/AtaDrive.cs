using System.Buffers.Binary;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Storage;

/// <summary>
/// A drive with the ATA command set before a block store, without the wires to it. A controller fills <see cref="Registers"/>, calls <see cref="Execute"/>, moves <see cref="Left"/> bytes and calls <see cref="Complete"/>. When a step fails the drive has put its error in the registers, and the command has ended.
/// </summary>
internal abstract class AtaDrive : IPersistent
{
    /// <summary>The length of the answers that a drive makes itself.</summary>
    protected const int ResponseLength = 512;

    // WRITE MULTIPLE of sixteen sectors of 4096 bytes.
    private const int LongestBlock = 0x1_0000;

    private readonly byte[] _response = new byte[ResponseLength];
    private ulong _offset;
    private int _responseLength;
    private bool _isResponse;

    /// <summary>Puts a drive before a store.</summary>
    /// <param name="store">The medium.</param>
    /// <param name="name">What it says that it is.</param>
    /// <param name="isSerial">Whether it is a SATA drive and not one on a parallel cable.</param>
    protected AtaDrive(IBlockStore store, DriveName name, bool isSerial)
    {
        Store = store;
        Name = name;
        IsSerial = isSerial;
    }

    /// <summary>The drive's command block.</summary>
    public AtaTaskFile Registers { get; } = new();

    /// <summary>Whether the drive takes packets (ATAPI).</summary>
    public abstract bool IsPacket { get; }

    /// <summary>How many bytes of the transfer under way have not been moved.</summary>
    public ulong Left { get; private set; }

    /// <summary>How many bytes the drive moves between two requests for data (DRQ) of a PIO transfer.</summary>
    public int BlockLength { get; protected set; } = ResponseLength;

    /// <summary>The medium.</summary>
    protected IBlockStore Store { get; }

    /// <summary>What the drive says that it is.</summary>
    protected DriveName Name { get; }

    /// <summary>Whether it is a SATA drive.</summary>
    protected bool IsSerial { get; }

    /// <summary>The mode of the last SET FEATURES "set transfer mode".</summary>
    protected byte TransferMode { get; private set; }

    /// <summary>Power-on, or a reset by the wire (hard) or by software.</summary>
    /// <param name="hard">Whether settings go back to their defaults too.</param>
    public virtual void Reset(bool hard)
    {
        EndTransfer();
        if (hard)
            TransferMode = 0;
        PassDiagnostic();
        Registers.Device = 0;
    }

    /// <summary>Starts a command.</summary>
    /// <param name="command">The command; its parameters are in the registers.</param>
    /// <returns>How its data is moved; <see cref="AtaProtocol.None"/> when it has ended, well or not.</returns>
    public AtaProtocol Execute(AtaCommand command)
    {
        EndTransfer();
        Registers.Error = AtaError.None;
        Registers.Status = AtaStatus.Ready | AtaStatus.SeekComplete;
        return Start(command);
    }

    /// <summary>Starts a packet command's packet.</summary>
    /// <param name="packet">Twelve bytes.</param>
    /// <returns>How its data is moved.</returns>
    public virtual AtaProtocol ExecutePacket(ReadOnlySpan<byte> packet) => Abort();

    /// <summary>Takes the next bytes from the drive.</summary>
    /// <param name="destination">At most <see cref="Left"/> bytes; whole sectors.</param>
    /// <returns>False when the medium failed; the command has ended.</returns>
    public bool TryRead(Span<byte> destination)
    {
        if (_isResponse)
        {
            _response.AsSpan(_responseLength - (int)Left, destination.Length).CopyTo(destination);
        }
        else
        {
            if (Store.Read(_offset, destination) != BlockStatus.Ok)
            {
                EndTransfer();
                FailMedium(isWrite: false);
                return false;
            }

            _offset += (uint)destination.Length;
        }

        Left -= (uint)destination.Length;
        return true;
    }

    /// <summary>Gives the drive its next bytes.</summary>
    /// <param name="source">At most <see cref="Left"/> bytes; whole sectors.</param>
    /// <returns>False when the medium failed; the command has ended.</returns>
    public bool TryWrite(ReadOnlySpan<byte> source)
    {
        if (!TryStore(_offset, source))
        {
            EndTransfer();
            FailMedium(isWrite: true);
            return false;
        }

        _offset += (uint)source.Length;
        Left -= (uint)source.Length;
        return true;
    }

    /// <summary>Ends a transfer whose data has been moved.</summary>
    public void Complete()
    {
        EndTransfer();
        Registers.Status = AtaStatus.Ready | AtaStatus.SeekComplete;
        OnComplete();
    }

    /// <inheritdoc/>
    public virtual void Save(StateWriter writer)
    {
        Registers.Save(writer);
        writer.Write(TransferMode);
        writer.Write(BlockLength);
        writer.Write(Left);
        writer.Write(_offset);
        writer.Write(_isResponse);
        writer.Write(_response.AsSpan(0, _responseLength));
    }

    /// <inheritdoc/>
    public virtual void Restore(StateReader reader)
    {
        Registers.Restore(reader);
        TransferMode = reader.ReadByte();
        BlockLength = reader.ReadInt32();
        Left = reader.ReadUInt64();
        _offset = reader.ReadUInt64();
        _isResponse = reader.ReadBoolean();
        byte[] response = reader.ReadBytes();
        ulong most = _isResponse ? (ulong)response.Length : Store.Length - Math.Min(_offset, Store.Length);
        if (response.Length > ResponseLength || Left > most || BlockLength is < 1 or > LongestBlock)
            throw new InvalidDataException("a drive's transfer is out of its bounds");
        _responseLength = response.Length;
        response.CopyTo(_response, 0);
    }

    /// <summary>Starts a command of the drive's kind.</summary>
    /// <param name="command">The command.</param>
    /// <returns>How its data is moved.</returns>
    protected abstract AtaProtocol Start(AtaCommand command);

    /// <summary>Puts data on the medium.</summary>
    /// <param name="offset">The byte offset.</param>
    /// <param name="source">The data.</param>
    /// <returns>Whether that went well.</returns>
    protected abstract bool TryStore(ulong offset, ReadOnlySpan<byte> source);

    /// <summary>Puts into the registers that the medium failed.</summary>
    /// <param name="isWrite">Whether at a write.</param>
    protected abstract void FailMedium(bool isWrite);

    /// <summary>The registers of a command whose data has been moved.</summary>
    protected virtual void OnComplete()
    {
    }

    /// <summary>A command that is not supported, or has wrong parameters.</summary>
    /// <returns>No transfer.</returns>
    protected AtaProtocol Abort() => Fail(AtaError.Aborted);

    /// <summary>A command that failed.</summary>
    /// <param name="error">Why.</param>
    /// <returns>No transfer.</returns>
    protected AtaProtocol Fail(AtaError error)
    {
        Registers.Error = error;
        Registers.Status = AtaStatus.Ready | AtaStatus.SeekComplete | AtaStatus.Error;
        return AtaProtocol.None;
    }

    /// <summary>What EXECUTE DEVICE DIAGNOSTIC and a reset leave: the signature, and code 1, which says that the drive passed (ATA8-ACS, 7.9).</summary>
    protected void PassDiagnostic()
    {
        Registers.SetSignature(IsPacket);
        Registers.Error = (AtaError)1;
        Registers.Status = IsPacket ? 0 : AtaStatus.Ready | AtaStatus.SeekComplete;
    }

    /// <summary>SET FEATURES 03h: PIO modes to 4, multiword DMA to 2, Ultra DMA to 5.</summary>
    /// <returns>Whether the mode is one of those.</returns>
    protected bool TrySetTransferMode()
    {
        byte mode = (byte)Registers.Count;
        if (mode is not (0 or 1 or (>= 0x08 and <= 0x0C) or (>= 0x20 and <= 0x22) or (>= 0x40 and <= 0x45)))
            return false;
        TransferMode = mode;
        return true;
    }

    /// <summary>Starts a transfer from or to the medium.</summary>
    /// <param name="offset">The byte offset.</param>
    /// <param name="length">The length in bytes.</param>
    protected void Transfer(ulong offset, ulong length)
    {
        _isResponse = false;
        _responseLength = 0;
        _offset = offset;
        Left = length;
    }

    /// <summary>A cleared buffer for an answer.</summary>
    /// <returns>512 bytes.</returns>
    protected Span<byte> NewResponse()
    {
        _response.AsSpan().Clear();
        return _response;
    }

    /// <summary>Starts the transfer of the answer that <see cref="NewResponse"/> was filled with.</summary>
    /// <param name="length">Its length in bytes.</param>
    protected void Respond(int length)
    {
        _isResponse = true;
        _responseLength = length;
        Left = (uint)length;
    }

    /// <summary>Words 10–46 and the transfer modes of an IDENTIFY answer, which disks and packet devices share.</summary>
    /// <param name="data">512 bytes.</param>
    protected void DescribeCommon(Span<byte> data)
    {
        SetText(data, 10, 10, Name.Serial);
        SetText(data, 23, 4, DriveName.Firmware);
        SetText(data, 27, 20, Name.Model);
        SetWord(data, 53, 0b110);
        SetWord(data, 63, 0x0007 | Selected(0x20, 0x22));
        SetWord(data, 64, 0x0003);
        for (int word = 65; word <= 68; word++)
            SetWord(data, word, 120);
        SetWord(data, 80, 0x01F0);
        SetWord(data, 88, 0x003F | Selected(0x40, 0x45));
        if (!IsSerial)
            SetWord(data, 93, 0x6001);
    }

    /// <summary>Sets a word of an IDENTIFY answer.</summary>
    /// <param name="data">The answer.</param>
    /// <param name="word">The number of the word.</param>
    /// <param name="value">The value.</param>
    protected static void SetWord(Span<byte> data, int word, int value) => BinaryPrimitives.WriteUInt16LittleEndian(data[(word * 2)..], (ushort)value);

    private int Selected(byte first, byte last) => TransferMode >= first && TransferMode <= last ? 0x100 << (TransferMode - first) : 0;

    // ATA8-ACS, 3.4.9: the first character of a pair is the high byte.
    private static void SetText(Span<byte> data, int word, int words, string text)
    {
        for (int i = 0; i < words * 2; i++)
            data[(word * 2) + (i ^ 1)] = (byte)(i < text.Length ? text[i] : ' ');
    }

    private void EndTransfer()
    {
        Left = 0;
        _isResponse = false;
        _responseLength = 0;
    }
}
