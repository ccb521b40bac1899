using Ethereum.Transactions;

namespace Ethereum.Tests.Transactions;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class KeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keyfile").FullName;

    private string Path => System.IO.Path.Combine(_folder, "key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void New_key_file_is_for_its_owner_alone_and_reads_back()
    {
        using var made = KeyFile.Create(Path);
        using var read = KeyFile.Read(Path);
        Assert.Equal(made.Address, read.Address);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void Existing_key_file_is_never_overwritten()
    {
        using var made = KeyFile.Create(Path);
        Assert.Throws<IOException>(() => KeyFile.Create(Path));
        using var read = KeyFile.Read(Path);
        Assert.Equal(made.Address, read.Address);
    }

    [Fact]
    public void Key_file_that_others_can_read_is_refused_with_the_command_that_mends_it()
    {
        using var made = KeyFile.Create(Path);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(() => KeyFile.Read(Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0xabc")]
    [InlineData("zz0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void File_without_a_key_is_refused_and_its_content_not_repeated(string content)
    {
        File.WriteAllText(Path, content);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var error = Assert.Throws<InvalidDataException>(() => KeyFile.Read(Path));
        Assert.True(content.Length == 0 || !error.ToString().Contains(content, StringComparison.Ordinal));
    }
}
