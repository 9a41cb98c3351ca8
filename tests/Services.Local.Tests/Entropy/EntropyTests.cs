using Dominion.Persistence;
using Dominion.Services.Local.Entropy;

namespace Dominion.Services.Local.Tests.Entropy;

public class EntropyTests
{
    [Fact]
    public void A_seed_gives_the_same_bytes_however_they_are_asked_for()
    {
        byte[] whole = new byte[1000];
        Make(7).Fill(whole);
        IEntropySource source = Make(7);
        byte[] pieces = new byte[1000];
        for (int at = 0, length = 1; at < pieces.Length; at += length, length++)
            source.Fill(pieces.AsSpan(at, Math.Min(length, pieces.Length - at)));
        Assert.Equal(whole, pieces);
        byte[] other = new byte[1000];
        Make(8).Fill(other);
        Assert.NotEqual(whole, other);
    }

    [Fact]
    public void The_first_bytes_are_sha_256_of_seed_and_counter()
    {
        // printf '\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' | sha256sum
        byte[] bytes = new byte[32];
        Make(7).Fill(bytes);
        Assert.Equal("76108f84396dc2d72ce275fdb0e0ef37b229b2898bf5a31d576fea11a766a42b", Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Without_a_seed_no_two_sources_agree()
    {
        byte[] first = new byte[32];
        byte[] second = new byte[32];
        Make(null).Fill(first);
        Make(null).Fill(second);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(32)]
    [InlineData(100)]
    public void A_seeded_source_goes_on_after_save_and_restore(int used)
    {
        SeededEntropy source = (SeededEntropy)Make(7);
        source.Fill(new byte[used]);
        MemoryStream stream = new();
        source.Save(new StateWriter(stream));
        byte[] expected = new byte[50];
        source.Fill(expected);
        stream.Position = 0;
        SeededEntropy restored = (SeededEntropy)Make(7);
        restored.Restore(new StateReader(stream));
        byte[] actual = new byte[50];
        restored.Fill(actual);
        Assert.Equal(expected, actual);
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => ((SeededEntropy)Make(8)).Restore(new StateReader(stream)));
    }

    private static IEntropySource Make(ulong? seed) => (IEntropySource)new EntropyFactory().Create(new TestServiceContext(), new EntropyOptions { Seed = seed });
}
