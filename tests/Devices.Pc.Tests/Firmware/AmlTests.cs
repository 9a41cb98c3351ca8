using Dominion.Devices.Pc.Firmware;

namespace Dominion.Devices.Pc.Tests.Firmware;

/// <summary>Encodings of ACPI 6.5, chapter 20, and of resource descriptors, chapter 6.4.</summary>
public sealed class AmlTests
{
    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(1UL, "01")]
    [InlineData(0x80UL, "0A80")]
    [InlineData(0x1234UL, "0B3412")]
    [InlineData(0x1234_5678UL, "0C78563412")]
    [InlineData(0x1_0000_0000UL, "0E0000000001000000")]
    public void Integers_take_their_shortest_form(ulong value, string expected) => Assert.Equal(expected, Convert.ToHexString(Aml.Integer(value)));

    // As the ACPI specification prints it for PNP0A03: 0x030AD041.
    [Fact]
    public void Plug_and_play_ids_are_compressed() => Assert.Equal("0C41D00A03", Convert.ToHexString(Aml.EisaId("PNP0A03")));

    [Theory]
    [InlineData("\\", "5C00")]
    [InlineData("PCI0", "50434930")]
    [InlineData("_S5", "5F53355F")]
    [InlineData("\\_SB.PCI0", "5C2E5F53425F50434930")]
    [InlineData("A.B.C", "2F03415F5F5F425F5F5F435F5F5F")]
    public void Name_strings_are_padded_segments(string path, string expected) => Assert.Equal(expected, Convert.ToHexString(Aml.NameString(path)));

    [Theory]
    [InlineData(58, "3F")]
    [InlineData(59, "4104")]
    [InlineData(4089, "4FFF")]
    [InlineData(4090, "810001")]
    public void Package_lengths_count_themselves(int extra, string expected)
    {
        // Behind the opcode: the length's own bytes, a name of four, and the rest.
        byte[] scope = Aml.Scope("ABCD", [new byte[extra]]);
        Assert.Equal(expected, Convert.ToHexString(scope, 1, expected.Length / 2));
        Assert.Equal(1 + (expected.Length / 2) + 4 + extra, scope.Length);
    }

    [Fact]
    public void Port_descriptors_are_eight_bytes() => Assert.Equal("4701F803F8030108", Convert.ToHexString(Aml.Ports(0x3F8, 8)));

    [Fact]
    public void Interrupt_descriptors_are_masks() => Assert.Equal("220001", Convert.ToHexString(Aml.Irq(8)));

    [Fact]
    public void Window_descriptors_have_length_flags_and_range() => Assert.Equal(
        "871700000C0100000000000000C0FFFFFFDF00000000" + "00000020",
        Convert.ToHexString(Aml.MemoryWindow(0xC000_0000, 0xDFFF_FFFF)));

    [Fact]
    public void Resource_templates_end_with_an_end_tag() => Assert.Equal("1105" + "0A02" + "7900", Convert.ToHexString(Aml.Resources()));
}
