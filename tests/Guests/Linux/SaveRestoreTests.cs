using Dominion.Guests.Tests.Machines;
using Dominion.Persistence;

namespace Dominion.Guests.Tests.Linux;

public class SaveRestoreTests
{
    [DebianFact]
    public async Task A_running_linux_goes_on_in_another_machine()
    {
        using MemoryStream state = new();
        string sum;
        using (GuestMachine machine = GuestMachine.Start(Repository.Machine("linux.yaml"), "domains.linux.devices=[ virtio-rng ]"))
        {
            GuestDomain linux = machine.First;
            await linux.WaitForShellAsync();
            await linux.RunAsync("dd if=/dev/urandom of=/tmp/file bs=64k count=64 2>/dev/null");
            sum = await linux.RunAsync("sha256sum < /tmp/file");
            linux.TypeLine("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); [ $((i % 1000)) = 0 ] && echo at $i; done; echo coun\"\"ted");
            await linux.ExpectAsync("at 2000\r\n");
            Assert.True(await linux.Runtime.PauseAsync());
            Assert.DoesNotContain("counted", linux.ConsoleText);
            Assert.True(await linux.Runtime.SaveAsync(new StateWriter(state)));
        }

        state.Position = 0;
        using (GuestMachine machine = GuestMachine.Start(Repository.Machine("linux.yaml"), "domains.linux.devices=[ virtio-rng ]"))
        {
            GuestDomain linux = machine.First;
            Assert.True(await linux.Runtime.PauseAsync());
            Assert.True(await linux.Runtime.RestoreAsync(new StateReader(state)));
            Assert.Equal(state.Length, state.Position);
            Assert.True(await linux.Runtime.UnpauseAsync());
            string counted = await linux.ExpectAsync("\ncounted\r\n");
            Assert.Contains("at 99000\r\nat 100000\r", counted);
            Assert.Equal(sum, await linux.RunAsync("sha256sum < /tmp/file"));
            await linux.RunAsync("dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c; sleep 1; date");
            await linux.PowerOffAsync();
            Assert.DoesNotContain("Call Trace", linux.ConsoleText);
        }
    }
}
