namespace Acme.Broken;

public sealed record BadOptions(int Size);
