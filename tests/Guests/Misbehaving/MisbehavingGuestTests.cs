using Dominion.Domains;
using Dominion.Guests.Tests.Machines;

namespace Dominion.Guests.Tests.Misbehaving;

public class MisbehavingGuestTests
{
    [Theory]
    [InlineData("undefined-opcode", DomainState.Crashed, "triple fault")]
    [InlineData("wild-jump", DomainState.Crashed, "triple fault")]
    [InlineData("no-mans-land", DomainState.PoweredOff, "Nobody answered, as it should be.")]
    [InlineData("divide", DomainState.PoweredOff, "#DE at the division.")]
    public async Task A_guest_that_misbehaves_harms_nothing_but_itself(string guest, DomainState state, string evidence)
    {
        using ManifestFile manifest = Pair(guest, "hello");
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        Assert.Equal(state, await machine.Domains[0].EndAsync());
        Assert.Equal(DomainState.PoweredOff, await machine.Domains[1].EndAsync());
        Assert.Contains("Hello from a guest of Dominion.", machine.Domains[1].ConsoleText);
        Assert.Equal(state == DomainState.Crashed ? 1 : 0, await machine.EndAsync());
        if (state != DomainState.Crashed)
        {
            Assert.Contains(evidence, machine.Domains[0].ConsoleText);
            return;
        }
        Assert.Contains(evidence, machine.Domains[0].Runtime.Reason);
        Assert.Matches(@"rip [0-9a-f]{16} rflags [0-9a-f]{8}", machine.Domains[0].Runtime.Reason);
        Assert.Matches(@"cr0 +[0-9a-f]+  cr2 [0-9a-f]+", machine.Domains[0].Runtime.Reason);
    }

    [Fact]
    public async Task A_triple_fault_resets_where_the_manifest_says_so()
    {
        using ManifestFile manifest = Pair("undefined-opcode", "hello");
        using GuestMachine machine = GuestMachine.Start(manifest.Path, "domains.bad.on-triple-fault=reset");
        for (int i = 0; i < 3; i++)
            await machine.Domains[0].ExpectAsync("About to execute UD2.");
        Assert.True(await machine.Domains[0].Runtime.DestroyAsync());
        Assert.Equal(DomainState.PoweredOff, await machine.Domains[1].EndAsync());
        Assert.Equal(0, await machine.EndAsync());
    }

    [DebianFact]
    public async Task Linux_works_on_beside_guests_that_crash_and_loop()
    {
        using ManifestFile manifest = new("""
            domains:
              - { name: linux, type: bare, board: pc, memory: 128MiB, kernel: guests/vmlinuz-cloud, ramdisk: guests/initrd-cloud.img, cmdline: console=ttyS0 no_timer_check quiet }
              - { name: bad, type: bare, board: pc, memory: 16MiB, kernel: guests/builtin/undefined-opcode.elf }
              - { name: loop, type: bare, board: pc, memory: 16MiB, kernel: guests/builtin/infinite-loop.elf }
            """);
        using GuestMachine machine = GuestMachine.Start(manifest.Path);
        await machine.First.WaitForShellAsync();
        Assert.Equal(DomainState.Crashed, await machine.Domains[1].EndAsync());
        Assert.Equal(DomainState.Running, machine.Domains[2].Runtime.State);
        Assert.Equal("still here\n", await machine.First.RunAsync("echo still here"));
        await machine.First.PowerOffAsync();
        Assert.True(await machine.Domains[2].Runtime.DestroyAsync());
        Assert.Equal(1, await machine.EndAsync());
    }

    [DebianFact]
    public async Task A_process_that_misbehaves_is_killed_by_its_kernel()
    {
        using GuestMachine machine = GuestMachine.Start(Repository.Machine("linux.yaml"));
        await machine.First.WaitForShellAsync();
        // 64-bit ELF files of one page: UD2; a read of address 0; HLT, which only ring 0 may; a division by zero; INT3.
        foreach ((string code, int signal) in ((string, int)[])[("\\x0f\\x0b", 4), ("\\x8a\\x04\\x25\\0\\0\\0\\0", 11), ("\\xf4", 11), ("\\x31\\xc9\\xf7\\xf1", 8), ("\\xcc", 5)])
        {
            const string Header = "\\x7fELF\\x02\\x01\\x01\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x02\\0\\x3e\\0\\x01\\0\\0\\0\\x78\\0\\x40\\0\\0\\0\\0\\0\\x40\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x40\\0\\x38\\0\\x01\\0\\0\\0\\0\\0\\0\\0";
            const string Segment = "\\x01\\0\\0\\0\\x05\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x40\\0\\0\\0\\0\\0\\0\\0\\x40\\0\\0\\0\\0\\0\\0\\x01\\0\\0\\0\\0\\0\\0\\0\\x01\\0\\0\\0\\0\\0\\0\\0\\x10\\0\\0\\0\\0\\0\\0";
            await machine.First.RunAsync($"printf '{Header}' > /tmp/bad; printf '{Segment}{code}' >> /tmp/bad; dd if=/dev/zero bs=256 count=1 >> /tmp/bad 2>/dev/null; chmod +x /tmp/bad");
            (_, int status) = await machine.First.TryRunAsync("/tmp/bad");
            Assert.Equal(128 + signal, status);
        }
        await machine.First.PowerOffAsync();
    }

    private static ManifestFile Pair(string bad, string good) => new($"""
        domains:
          - name: bad
            type: bare
            board: pc
            memory: 16MiB
            kernel: guests/builtin/{bad}.elf
          - name: good
            type: bare
            board: pc
            memory: 16MiB
            kernel: guests/builtin/{good}.elf
        """);
}
