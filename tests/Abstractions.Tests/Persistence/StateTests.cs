using Dominion.Persistence;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Abstractions.Tests.Persistence;

public sealed class StateTests
{
    [Fact]
    public void WhatIsWrittenIsReadAgain() =>
        Prop.ForAll<(byte Small, bool Flag, ushort Word, int Signed, uint Dword), (long Long, ulong Qword), byte[]>((a, b, bytes) =>
        {
            string text = Convert.ToHexString(bytes);
            StateReader reader = Write(writer =>
            {
                writer.BeginSection("test", 3);
                writer.Write(a.Small);
                writer.Write(a.Flag);
                writer.Write(a.Word);
                writer.Write(a.Signed);
                writer.Write(a.Dword);
                writer.Write(b.Long);
                writer.Write(b.Qword);
                writer.Write(text);
                writer.Write(bytes);
            });
            return reader.BeginSection("test", 3) == 3
                && reader.ReadByte() == a.Small
                && reader.ReadBoolean() == a.Flag
                && reader.ReadUInt16() == a.Word
                && reader.ReadInt32() == a.Signed
                && reader.ReadUInt32() == a.Dword
                && reader.ReadInt64() == b.Long
                && reader.ReadUInt64() == b.Qword
                && reader.ReadString() == text
                && reader.ReadBytes().AsSpan().SequenceEqual(bytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void FieldsAreLittleEndian()
    {
        using var stream = new MemoryStream();
        new StateWriter(stream).Write(0x0102030405060708UL);

        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], stream.ToArray());
    }

    [Fact]
    public void DamagedDataIsInvalidDataAndNothingElse() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var reader = new StateReader(new MemoryStream(bytes));
            try
            {
                reader.BeginSection("test", 1);
                while (true)
                    reader.ReadBytes();
            }
            catch (InvalidDataException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnotherSectionIsRefused()
    {
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Write(writer => writer.BeginSection("uart", 1)).BeginSection("timer", 1));
        Assert.Contains("'uart'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-1)]
    public void AVersionThatIsNotReadIsRefused(int version) =>
        Assert.Throws<InvalidDataException>(() => Write(writer => writer.BeginSection("uart", version)).BeginSection("uart", 2));

    [Fact]
    public void ATruthValueIsZeroOrOne() =>
        Assert.Throws<InvalidDataException>(() => Write(writer => writer.Write((byte)2)).ReadBoolean());

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(4)]
    public void ALengthIsCheckedBeforeItIsBelieved(int length) =>
        Assert.Throws<InvalidDataException>(() => Write(writer => writer.Write(length)).ReadBytes());

    private static StateReader Write(Action<StateWriter> write)
    {
        var stream = new MemoryStream();
        write(new StateWriter(stream));
        stream.Position = 0;
        return new StateReader(stream);
    }
}
