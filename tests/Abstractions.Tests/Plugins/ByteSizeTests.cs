using Dominion.Plugins;

namespace Dominion.Abstractions.Tests.Plugins;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0UL, "0")]
    [InlineData(1UL, "1")]
    [InlineData(1023UL, "1023")]
    [InlineData(1024UL, "1KiB")]
    [InlineData(1536UL, "1536")]
    [InlineData(1UL << 20, "1MiB")]
    [InlineData(512UL << 20, "512MiB")]
    [InlineData(1UL << 30, "1GiB")]
    [InlineData((1UL << 30) + 1024, "1048577KiB")]
    [InlineData(ulong.MaxValue, "18446744073709551615")]
    public void IsWrittenInTheLargestUnitThatFits(ulong bytes, string text) => Assert.Equal(text, new ByteSize(bytes).ToString());

    [Fact]
    public void MebibytesAreBinary() => Assert.Equal(1048576UL, ByteSize.FromMebibytes(1).Bytes);
}
