using Dominion.Guests.Building;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Tests.Builtin;

public class GuestImageBuilderTests
{
    [Fact]
    public void Sections_of_any_bitness_decode_where_they_were_said_to_be()
    {
        GuestImageBuilder image = new();
        uint code16 = image.Code(16, c => c.mov(ax, bx));
        uint code64 = image.Code(64, c => c.mov(rax, 0x1234_5678_9abc_def0));
        image.Entry = image.Code(32, c => c.jmp(code16));
        byte[] file = image.Build();
        Assert.Equal("mov ax,bx", Decode(file, 16, code16));
        Assert.Equal("mov rax,123456789ABCDEF0h", Decode(file, 64, code64));
        Assert.Equal($"jmp {code16:X8}h", Decode(file, 32, image.Entry).Replace("near ", "", StringComparison.Ordinal).Replace("short ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Data_and_zeroes_do_not_overlap()
    {
        GuestImageBuilder image = new();
        uint first = image.Data([1, 2, 3]);
        uint second = image.Text("x");
        uint third = image.Data([4], 64);
        Assert.Equal(first + 3, second);
        Assert.Equal(0u, third % 64);
        Assert.True(third > second + 1);
        uint zeroes = image.Zeroes(10);
        Assert.Equal(zeroes + 4096, image.Zeroes(1, 4096));
    }

    [Fact]
    public void Image_without_an_entry_point_is_a_mistake() =>
        Assert.Throws<InvalidOperationException>(() => new GuestImageBuilder().Build());

    private static string Decode(byte[] file, int bitness, uint address)
    {
        Decoder decoder = Decoder.Create(bitness, file[(int)(0x1000 + address - GuestImageBuilder.CodeBase)..]);
        decoder.IP = address;
        return decoder.Decode().ToString();
    }
}
