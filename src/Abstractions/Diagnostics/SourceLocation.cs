namespace Dominion.Diagnostics;

/// <summary>A place in a text file.</summary>
/// <param name="File">The file's path as the user gave it.</param>
/// <param name="Line">The line, from 1; 0 when the whole file is meant.</param>
/// <param name="Column">The column, from 1; 0 when the whole line is meant.</param>
public readonly record struct SourceLocation(string File, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? File : $"{File}({Line},{Column})";
}
