using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Tests.Cryptography;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class MasterKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string KeyPath => Path.Combine(_folder, "keys", "master.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_start_makes_a_file_that_only_its_owner_reads_and_later_starts_use_it()
    {
        using var made = MasterKey.FromFile(KeyPath);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.Equal(32, new FileInfo(KeyPath).Length);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(KeyPath)!));
        using var again = MasterKey.FromFile(KeyPath);
        Assert.Equal(made.Id, again.Id);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_file_that_others_can_reach_is_refused_with_the_command_that_mends_it(UnixFileMode more)
    {
        MasterKey.FromFile(KeyPath).Dispose();
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        var error = Assert.Throws<SecretFileException>(() => MasterKey.FromFile(KeyPath));
        Assert.Contains("chmod 600", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_key_file_is_refused_and_never_replaced()
    {
        MasterKey.FromFile(KeyPath).Dispose();
        using (var file = File.OpenWrite(KeyPath))
        {
            file.SetLength(31);
        }

        Assert.Throws<SecretFileException>(() => MasterKey.FromFile(KeyPath));
        Assert.Equal(31, new FileInfo(KeyPath).Length);
    }

    [Fact]
    public async Task Processes_that_start_at_once_agree_on_one_key()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var key = MasterKey.FromFile(KeyPath);
            return key.Id;
        })));
        Assert.Single(ids.Distinct(StringComparer.Ordinal));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(KeyPath)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWZsb25nZXI=")]
    public void A_malformed_environment_secret_is_refused_by_name_without_its_value(string value)
    {
        var error = Assert.Throws<FormatException>(() => MasterKey.FromBase64("Keys:Master", value).Dispose());
        Assert.Contains("Keys:Master", error.Message, StringComparison.Ordinal);
        Assert.True(value.Length == 0 || !error.Message.Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public void The_id_is_neither_the_key_nor_a_part_of_it()
    {
        var bytes = Convert.FromBase64String("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        using var key = MasterKey.FromBase64("Keys:Master", Convert.ToBase64String(bytes));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(Convert.FromHexString(key.Id)));
        Assert.Equal(key.Id, key.ToString());
    }
}
