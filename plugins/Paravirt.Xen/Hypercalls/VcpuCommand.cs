namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>VCPUOP_* (xen/include/public/vcpu.h).</summary>
internal enum VcpuCommand : uint
{
    Initialise = 0,
    Up = 1,
    Down = 2,
    IsUp = 3,
    GetRunstate = 4,
    RegisterRunstateArea = 5,
    SetPeriodicTimer = 6,
    StopPeriodicTimer = 7,
    SetSingleShotTimer = 8,
    StopSingleShotTimer = 9,
    RegisterInfo = 10,
    SendNmi = 11,
    GetPhysicalId = 12,
    RegisterTimeArea = 13,
}
